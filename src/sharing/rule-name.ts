/** Ways to share a realised loss that know no more of the members than means and covariances. */
export const SHARING_RULES = [
  "uniform",
  "mean-proportional",
  "uniform-residual",
  "variance-residual",
  "deviation-residual",
  "linear-regression",
] as const;

/** One of {@link SHARING_RULES}. */
export type SharingRule = (typeof SHARING_RULES)[number];
