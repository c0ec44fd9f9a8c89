/** Seeds that once found something, each with what it was; they run with every test. */
export const PINNED_SEEDS: readonly (readonly [seed: number, found: string])[] = [
  [21, "an update refused by a full disk stayed in memory, and later ones could not be applied without it"],
  [34, "a full disk was a bug to the document that could not be stored"],
  [158, "a date format that came later than its values passed for an echo"],
  [9000338, "a tab whose last answer had no byte broke the reading of its workbook"],
  [9001061, "the same, so that tabs that came and went were never seen again"],
];

/** The same for runs in which clients edit as well. */
export const PINNED_EDIT_SEEDS: readonly (readonly [seed: number, found: string])[] = [
  [88, "a column moved under a write: the value stayed in the column of marks"],
  [101, "a cell of a row that was gone fell below the table, and the blank row there took its identity"],
  [509, "of two rows that might be the one the less alike was taken, because it stood nearer"],
  [553, "a mark that a repair had put back passed for a new row"],
  [641, "what somebody typed over a late write became the base of the wish behind it"],
  [1015, "a batch whose answer was cut short went again in halves, under other receipts"],
  [1031, "a row with few cells took the identity of the one that was removed at its place"],
  [1036, "a row that was taken back stayed to be seen, because the disk was full at that moment"],
  [1045, "a late original landed after its batch had gone again in halves"],
  [1107, "a new row whose answer was cut short stood there twice"],
  [1138, "the same as 641 under the policy that asks"],
  [
    100060,
    "what was typed into a row that moved under the same write: all that can go back is what was read before",
  ],
  [200113, "the same, where a row above was removed"],
  [231030, "a new row under other columns had no name until it was put right"],
  [100108, "a request that nobody stored came again behind its author's next wish for the cell"],
  [100021, "a write below a table that had shrunk, whose answer was lost, was told as confirmed"],
  [200144, "the same, where the daemon was killed before it could put it back"],
  [
    100134,
    "a row was removed before it went out, and its cells' authors were not told because the disk was full at that moment",
  ],
  [300255, "rows moved back before the repair looked, which took the edit for written"],
  [310462, "the same, so that a row that came back stood there twice"],
  [300513, "a removal that hit another row was confirmed, since its own row had changed as well"],
  [
    233010,
    "a row moved, somebody typed where it had stood, and the answer was lost: it was told as confirmed",
  ],
  [242048, "the same"],
  [242028, "rows moved under the repair as well, whose rows were written whole"],
  [241015, "values of new rows under other columns passed for their names"],
  [310296, "a number in the column of marks hid its row from the witness"],
  [320131, "of two rows that were gone the wrong one came back: somebody had deleted it"],
  [301567, "a disk that filled up amid the receipts of a removed row kept one, whose author was never told"],
  [
    232001,
    "a disk that filled up after a row had left the outbox, and before its cells had: they went out once more",
  ],
  [
    300902,
    "time went back where a program waited for its answer amid the storm: a change was told of before its edit",
  ],
  [310041, "the same: a minute held 61 reads"],
  [450032, "a row that a person deleted came back: the one that a removal had hit was back already"],
  [400283, "the same, where a row was hidden behind what had been written into it"],
  [400462, "the same"],
  [500078, "a row that was edited after a write whose answer was lost lost what had been written"],
  [550449, "the same"],
];
