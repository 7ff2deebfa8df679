import { type Issue, PoolError, received } from "../basics/index.ts";

/** A participant's own record: what happened, period by period. */
export interface OwnRecord {
  readonly id: string;
  /** Losses per unit of exposure, and the exposure that each was seen on. */
  readonly periods: readonly { readonly ratio: number; readonly weight: number }[];
}

/** What a record is worth. */
export interface CredibilityRow {
  readonly id: string;
  /** Mean of the own ratios, weighed by exposure. */
  readonly mean: number;
  /** Exposure in all. */
  readonly weight: number;
  /** 0 … 1: how much of the premium is the own mean. */
  readonly credibility: number;
  /** credibility · mean + (1 - credibility) · collective, per unit of exposure. */
  readonly premium: number;
}

/** A portfolio of records and what they say together. */
export interface Credibility {
  /** Mean of the means, weighed by credibility; by exposure where no record is credible. */
  readonly collective: number;
  /** Variance of a ratio from one period to the next, on one unit of exposure. */
  readonly within: number;
  /** Variance of the participants' true means; 0 where the records show none. */
  readonly between: number;
  /** In the order of the records. */
  readonly rows: readonly CredibilityRow[];
}

/**
 * Premiums by credibility: the own record as far as it can be believed, what is common for the rest.
 * With equal weights this is Bühlmann's model.
 *
 * @param records  two or more, at least one of them over two periods or more
 * @throws         PoolError NUMBER_RANGE, NUMBER_NOT_FINITE, RECORDS_TOO_FEW; all at once
 * @source         Bühlmann, Experience rating and credibility (1967); Bühlmann & Straub,
 *                 Glaubwürdigkeit für Schadensätze (1970); estimators without bias as in Goovaerts &
 *                 Hoogstad, Credibility theory (1987)
 */
export function credibility(records: readonly OwnRecord[]): Credibility {
  check(records);
  const own = records.map(({ id, periods }) => {
    const weight = periods.reduce((sum, period) => sum + period.weight, 0);
    const mean = periods.reduce((sum, { ratio, weight: w }) => sum + w * ratio, 0) / weight;
    const spread = periods.reduce((sum, { ratio, weight: w }) => sum + w * (ratio - mean) ** 2, 0);
    return { id, periods: periods.length, weight, mean, spread };
  });
  const freedom = own.reduce((sum, { periods }) => sum + periods - 1, 0);
  const within = own.reduce((sum, { spread }) => sum + spread, 0) / freedom;
  const weight = own.reduce((sum, { weight: w }) => sum + w, 0);
  const squares = own.reduce((sum, { weight: w }) => sum + w * w, 0);
  const overall = own.reduce((sum, { weight: w, mean }) => sum + w * mean, 0) / weight;
  const apart = own.reduce((sum, { weight: w, mean }) => sum + w * (mean - overall) ** 2, 0);
  const excess = apart - (own.length - 1) * within;
  const between = Math.max(0, (excess * weight) / (weight * weight - squares));
  const trust = own.map(({ weight: w }) =>
    between === 0 ? 0 : (w * between) / (w * between + within),
  );
  const trusted = trust.reduce((sum, z) => sum + z, 0);
  const collective =
    trusted === 0 ? overall : own.reduce((sum, { mean }, i) => sum + trust[i]! * mean, 0) / trusted;
  return {
    collective,
    within,
    between,
    rows: own.map(({ id, mean, weight: w }, i) => {
      const z = trust[i]!;
      return { id, mean, weight: w, credibility: z, premium: z * mean + (1 - z) * collective };
    }),
  };
}

/** Claim frequency whose law before any record is gamma. */
export interface FrequencyPrior {
  /** > 0. */
  readonly shape: number;
  /** Per unit of exposure, > 0: the mean is shape / rate. */
  readonly rate: number;
}

/**
 * Expected claim frequency after a record: (shape + claims) / (rate + exposure).
 *
 * @param exposure  ≥ 0
 * @param claims    whole, ≥ 0
 * @throws          PoolError NUMBER_RANGE, all at once
 * @source          exact credibility of the Poisson-gamma model; Keffer (1929), Bühlmann & Gisler, A
 *                  course in credibility theory (2005), §2.4
 */
export function claimFrequency(
  { shape, rate }: FrequencyPrior,
  exposure: number,
  claims: number,
): number {
  const issues: Issue[] = [];
  const need = (holds: boolean, pointer: string, expected: string, value: number) => {
    if (holds) return;
    issues.push({
      code: "NUMBER_RANGE",
      pointer,
      detail: "a frequency needs a gamma law before the record, and a record",
      expected,
      received: received(value),
    });
  };
  const finite = Number.isFinite;
  need(finite(shape) && shape > 0, "/prior/shape", "number > 0", shape);
  need(finite(rate) && rate > 0, "/prior/rate", "number > 0, per unit of exposure", rate);
  need(finite(exposure) && exposure >= 0, "/exposure", "number >= 0", exposure);
  need(Number.isInteger(claims) && claims >= 0, "/claims", "integer >= 0", claims);
  if (issues.length > 0) throw new PoolError(issues, "record");
  return (shape + claims) / (rate + exposure);
}

function check(records: readonly OwnRecord[]): void {
  const issues: Issue[] = [];
  for (const [r, { periods }] of records.entries()) {
    for (const [p, { ratio, weight }] of periods.entries()) {
      const at = `/${r}/periods/${p}`;
      if (!Number.isFinite(ratio)) {
        issues.push({
          code: "NUMBER_NOT_FINITE",
          pointer: `${at}/ratio`,
          detail: "a ratio is a loss per unit of exposure",
          expected: "a finite number",
          received: received(ratio),
        });
      }
      if (!(Number.isFinite(weight) && weight > 0)) {
        issues.push({
          code: "NUMBER_RANGE",
          pointer: `${at}/weight`,
          detail: "a weight is the exposure of the period; leave out periods without any",
          expected: "number > 0",
          received: received(weight),
        });
      }
    }
  }
  const known = records.filter(({ periods }) => periods.length > 0).length;
  const repeated = records.some(({ periods }) => periods.length > 1);
  if (known < records.length || known < 2 || !repeated) {
    issues.push({
      code: "RECORDS_TOO_FEW",
      pointer: "",
      detail:
        "what differs between participants cannot be told from what differs between periods; give every participant a period and one of them two",
      expected: "two records or more, none empty, one of them over two periods or more",
      received: received(records.map(({ periods }) => periods.length).join(", ")),
    });
  }
  if (issues.length > 0) throw new PoolError(issues, "records");
}
