import { render } from "preact";
import { App } from "./app.tsx";
import { listenForShift } from "./leave.ts";

listenForShift();
document.documentElement.lang = "en";
render(<App />, document.body);
