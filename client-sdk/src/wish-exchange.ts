/**
 * The way of wishes to the daemon and of its news back. Loaded with the first wish: most tables are only read, and a wish
 * shows before it is sent.
 */
import { type EditsReplica, type EditsReplicaOptions, openEditsReplica } from "./edits-replica.ts";
import { createWishNews, type NewsHost } from "./wish-news.ts";

export function openWishExchange(
  options: EditsReplicaOptions,
  host: Omit<NewsHost, "replica">,
): EditsReplica {
  const replica = openEditsReplica(options, createWishNews({ ...host, replica: () => replica }));
  const { book } = host;
  replica.transact(() => {
    for (const wish of book.all()) if (wish.edit.pending && !wish.held) replica.put(wish.key, wish.body);
  });
  return replica;
}
