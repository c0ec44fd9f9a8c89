/** Header of the column that names each row, and that nobody edits. */
export const MARK = "mark";
