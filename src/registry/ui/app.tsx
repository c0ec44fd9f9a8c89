import { useState } from "preact/hooks";
import { createTokenStore, tokenFromHash } from "./shell/session.ts";
import { SignIn } from "./shell/sign-in.tsx";
import { Workspace } from "./shell/workspace.tsx";

/** Signed in or not. A link that carries the token signs in by itself. */
export function App() {
  const [store] = useState(() => createTokenStore(sessionStorage, localStorage));
  const [session, setSession] = useState(() => {
    const carried = tokenFromHash(location.hash);
    // A token that was kept is not a fresh one: a reload stays where it is.
    if (!carried) return { token: store.read(), fresh: false };
    store.keep(carried.token, false);
    history.replaceState(null, "", carried.rest);
    return { token: carried.token, fresh: true };
  });
  const [message, setMessage] = useState("");

  const signIn = (token: string, onDevice: boolean): void => {
    store.keep(token, onDevice);
    setMessage("");
    setSession({ token, fresh: true });
  };
  const signOut = (why: string): void => {
    store.forget();
    setMessage(why);
    setSession({ token: null, fresh: false });
  };
  const { token, fresh } = session;
  if (token === null) return <SignIn message={message} onToken={signIn} />;
  return <Workspace key={token} token={token} fresh={fresh} onSignOut={signOut} />;
}
