/** Where the admin token is kept: for this tab, or on this device when the person says so. */
export interface TokenStore {
  read(): string | null;
  keep(token: string, onDevice: boolean): void;
  forget(): void;
}

const KEY = "sheetwire.token";

export function createTokenStore(tab: Storage, device: Storage): TokenStore {
  return {
    read: () => tab.getItem(KEY) ?? device.getItem(KEY),
    keep(token, onDevice) {
      (onDevice ? device : tab).setItem(KEY, token);
    },
    forget() {
      tab.removeItem(KEY);
      device.removeItem(KEY);
    },
  };
}

/**
 * Reads the token out of a fragment such as `#token=abc` or `#token=abc&to=/demo/Prices`; null for any other.
 * `rest` is the fragment to go on with: the token must not stay in the address bar or the history.
 */
export function tokenFromHash(hash: string): { readonly token: string; readonly rest: string } | null {
  if (!hash.startsWith("#token=")) return null;
  const fields = new URLSearchParams(hash.slice(1));
  const token = fields.get("token")?.trim() ?? "";
  return token === "" ? null : { token, rest: `#${fields.get("to") ?? "/"}` };
}
