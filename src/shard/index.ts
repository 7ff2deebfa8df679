export { readShard, type ShardFile } from "./read.ts";
export { type ShardOptions, writeShard } from "./write.ts";
