/** What runs inside a worker of `batchWorkers()`: a whole engine. Built to a text by build.mjs. */
import { Answers } from "./answer.ts";
import { type Change, variantOf } from "./batch/index.ts";
import { instantiate } from "./engine/index.ts";
import { Instances } from "./instances.ts";
import { readShared, type ValueOptions } from "./request.ts";
import { inlineExecutor } from "./runtime/index.ts";
import { serveItems } from "./runtime/items/serve.ts";
import { itemPort } from "./runtime/node/item-port.ts";

serveItems(itemPort(), ({ version, kernel, figures, options }) => {
  const answers = new Answers(new Instances(() => instantiate(kernel), inlineExecutor), version);
  // Read once: the market in it is then known to have been checked.
  const shared = readShared(options);
  return {
    keep(document) {
      let read: { readonly pool: unknown } | null = null;
      return () => {
        read ??= { pool: variantOf(document) };
        return read.pool;
      };
    },
    value({ changes, options: own }, base, signal) {
      const asked: ValueOptions = Object.assign({}, shared, own, { signal });
      return answers[figures](variantOf(base, changes as Change[]), asked);
    },
  };
});
