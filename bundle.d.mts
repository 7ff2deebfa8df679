/** See bundle.mjs. */
export function workerScript(platform: "node" | "browser"): Promise<string>;
export function itemWorkerScript(): Promise<string>;
export function programOf(hashBang?: string): {
  readonly platform: "node";
  readonly external: string[];
  readonly banner: { readonly js: string };
};
