import { useState } from "preact/hooks";
import { SignIn } from "./components/sign-in.tsx";
import { Workspace } from "./components/workspace.tsx";
import { createTokenStore, tokenFromHash } from "./session.ts";

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
