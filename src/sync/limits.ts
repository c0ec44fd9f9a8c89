/** Bounds of what one client may ask of the sync server; src/limits.ts lets an operator move each. */
export const SYNC_LIMITS = {
  /** One message of a client. A state vector is a few KB; the largest are a full room's presence sent back. */
  frameBytesMax: 1 << 20,
  /** Messages of one session, over ten seconds. A moving cursor is 60 a second, its room's presence sent back 20. */
  framesPerSecondMax: 100,
  /** Unread bytes at which a client is closed: it comes back and gets what it missed, while others go on. */
  unreadBytesMax: 1 << 20,
  /** A whole document must be read within this. Stock clients hang up after 30 s without a complete message. */
  answerMsMax: 60_000,
  /** Sockets of one address: an arena's screens behind one router or proxy. */
  connectionsPerAddressMax: 20_000,
  /**
   * New sockets of one address, in the long run. After a restart all of them come back at once, so as many as may be
   * open are let in ahead of this.
   */
  connectsPerSecondPerAddressMax: 500,
  /** Sockets of one token's subject: a public page's token is one subject for everybody who looks at it. */
  connectionsPerTokenMax: 100_000,
  /** Documents with sessions, of the thousands that may be registered: each is in memory. */
  documentsOpenMax: 20_000,
  /** Presence states shown per document; whoever comes later is not shown. More faces than that nobody looks at. */
  presenceStatesMax: 100,
  /** One presence state as JSON: a name, a colour, a cursor. */
  presenceStateCharsMax: 4096,
  /** All of a document's: stock clients send back all they are shown, in one message. */
  presenceCharsMax: 64 * 1024,
  /** Edits of one subject and tab that are not decided: some screens of cells pasted at once. */
  editsPerDocumentMax: 5_000,
  /** One edits document, with what Yjs keeps of past edits (about 12 bytes each); below what a frame may hold. */
  editsDocumentBytesMax: 768 * 1024,
  /** One edit as JSON: a cell of Google holds 50,000 characters, an added row several of them. */
  editCharsMax: 200_000,
  /** Outcomes that nobody has acknowledged; the oldest make room. */
  editOutcomesMax: 1_000,
} as const satisfies Readonly<Record<string, number>>;

export type SyncLimits = Readonly<Record<keyof typeof SYNC_LIMITS, number>>;
