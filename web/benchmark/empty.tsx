import { render } from "preact";

render(<h1>Empty</h1>, document.body);
