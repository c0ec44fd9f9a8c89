import { useState } from "preact/hooks";
import { Wordmark } from "../parts/icons.tsx";

/** Asks for the admin token. */
export function SignIn(props: { message: string; onToken: (token: string, onDevice: boolean) => void }) {
  const [token, setToken] = useState("");
  const [onDevice, setOnDevice] = useState(false);
  const submit = (event: Event): void => {
    event.preventDefault();
    if (token.trim() !== "") props.onToken(token.trim(), onDevice);
  };
  return (
    <main class="sign-in">
      <form class="card" onSubmit={submit}>
        <Wordmark />
        <h1>Sign in</h1>
        <p class="quiet">
          Started on a terminal, the daemon prints a link that signs you in, and the admin token. The token is
          kept in the file admin-token of its data directory. Paste it here.
        </p>
        {props.message !== "" && (
          <p class="notice tone-bad" role="alert">
            {props.message}
          </p>
        )}
        <label class="field">
          <span>Admin token</span>
          <input
            type="password"
            name="token"
            autocomplete="current-password"
            required
            value={token}
            onInput={(event) => setToken(event.currentTarget.value)}
          />
        </label>
        <label class="check">
          <input
            type="checkbox"
            checked={onDevice}
            onChange={(event) => setOnDevice(event.currentTarget.checked)}
          />
          Remember on this device
        </label>
        <button type="submit" class="primary">
          Sign in
        </button>
      </form>
    </main>
  );
}
