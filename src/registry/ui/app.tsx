import { useState } from "preact/hooks";
import { createTokenStore, tokenFromHash } from "./shell/session.ts";
import { SignIn } from "./shell/sign-in.tsx";
import { Workspace } from "./shell/workspace.tsx";

/** Signed in or not. A link that carries the token signs in by itself. */
export function App() {
  const [store] = useState(() => createTokenStore(sessionStorage, localStorage));
  const [token, setToken] = useState(() => {
    const carried = tokenFromHash(location.hash);
    if (!carried) return store.read();
    store.keep(carried.token, false);
    history.replaceState(null, "", carried.rest);
    return carried.token;
  });
  const [message, setMessage] = useState("");

  const signIn = (entered: string, onDevice: boolean): void => {
    store.keep(entered, onDevice);
    setMessage("");
    setToken(entered);
  };
  const signOut = (why: string): void => {
    store.forget();
    setMessage(why);
    setToken(null);
  };
  if (token === null) return <SignIn message={message} onToken={signIn} />;
  return <Workspace key={token} token={token} onSignOut={signOut} />;
}
