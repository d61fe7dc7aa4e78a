// "Exit this page": out of sight at once, nothing to go back to, nothing left behind. After GOV.UK's component.
let exit = "/measures";

export function leaveTo(address: string): void {
  exit = address;
}

/** Hides everything, ends this phone's token, and puts a page that gives nothing away in this one's place. */
export function leave(): void {
  document.documentElement.hidden = true;
  document.body.replaceChildren();
  navigator.sendBeacon("/app/close");
  location.replace(exit);
}

const PRESSES = 3;
const WITHIN = 5_000;
let presses: number[] = [];

/** Leaves when Shift is pressed three times, alone, within five seconds. */
function onKey(event: KeyboardEvent): void {
  if (event.key !== "Shift") {
    presses = [];
  } else if (!event.repeat) {
    presses = [...presses.filter((time) => event.timeStamp - time < WITHIN), event.timeStamp];
    if (presses.length >= PRESSES) leave();
  }
}

export function listenForShift(): void {
  addEventListener("keydown", onKey);
  // A page that a browser kept whole is never shown again as it was.
  addEventListener("pageshow", (event) => event.persisted && location.reload());
}
