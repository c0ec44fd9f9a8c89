import { type Handlers, stay } from "../step.ts";

/** Nothing leads out of here; what still arrives was on its way. */
export const stopped: Handlers<"Stopped"> = {
  Loaded: stay,
  Polled: stay,
  Applied: stay,
  Saved: stay,
  Written: stay,
  Wake: stay,
  WriteDue: stay,
  EditsTaken: stay,
  Hinted: stay,
  PauseRequested: stay,
  ResumeRequested: stay,
  SettingsChanged: stay,
  StopRequested: stay,
};
