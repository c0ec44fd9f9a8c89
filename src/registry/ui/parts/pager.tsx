/** From a page of a list, the newest first, to its neighbours. `cursors` are those of the pages before the next one. */
export function Pager(props: {
  cursors: readonly string[];
  next: string | undefined;
  onCursors: (cursors: readonly string[]) => void;
}) {
  const { cursors, next, onCursors } = props;
  if (cursors.length === 0 && next === undefined) return null;
  return (
    <div class="actions">
      {cursors.length > 0 && (
        <button type="button" onClick={() => onCursors(cursors.slice(0, -1))}>
          Newer
        </button>
      )}
      {next !== undefined && (
        <button type="button" onClick={() => onCursors([...cursors, next])}>
          Older
        </button>
      )}
    </div>
  );
}
