import { assert, received, refuse } from "./error.ts";

/** One receiver of a split. */
export interface Weighted {
  readonly id: string;
  /** ≥ 0, finite. */
  readonly weight: number | bigint;
}

/** An exact binary number: mantissa · 2^exponent. */
interface Binary {
  readonly mantissa: bigint;
  readonly exponent: number;
}

const words = new DataView(new ArrayBuffer(8));

/**
 * Splits a whole amount in proportion to weights, by largest remainder.
 *
 * Each part is the exact share rounded down or up; the units left over go to the largest
 * remainders, ties to the smaller id. No floating-point arithmetic takes part, so the result does
 * not depend on the order of the weights.
 *
 * @param total  minor units; a negative total is split as its mirror image
 * @returns      parts in the order of `weights`; they sum to `total` exactly
 * @throws       PoolError ID_DUPLICATE, NUMBER_NOT_FINITE, NUMBER_RANGE, or WEIGHTS_ZERO when
 *               there is something to split and nobody has a weight
 * @source       Hamilton's method; Balinski & Young, Fair Representation (1982), chapter 2
 */
export function apportion(total: bigint, weights: readonly Weighted[]): bigint[] {
  refuseDuplicates(weights);
  if (total < 0n) return apportion(-total, weights).map((part) => -part);
  const whole = wholeWeights(weights);
  const sum = whole.reduce((above, weight) => above + weight, 0n);
  if (total === 0n) return whole.map(() => 0n);
  if (sum === 0n) {
    refuse({
      code: "WEIGHTS_ZERO",
      pointer: "",
      detail: "there is an amount to split but every weight is 0",
      expected: "at least one weight above 0",
    });
  }
  return roundExact(
    total,
    whole.map((weight) => total * weight),
    sum,
    weights,
  );
}

/**
 * Rounds real amounts, possibly negative, to minor units so that the parts sum to the rounded
 * total exactly (largest remainder, ties to the smaller id).
 *
 * The total is the exact sum of the doubles, rounded to the nearest unit, halves to even; so
 * neither the total nor any part depends on the order of the values.
 *
 * @param values    real amounts in whole currency units, finite
 * @param decimals  digits after the point of the currency
 * @returns         `parts` in the order of `values`, each within one unit of its value
 * @throws          PoolError ID_DUPLICATE, NUMBER_NOT_FINITE
 */
export function roundToSum(
  values: readonly { readonly id: string; readonly value: number }[],
  decimals: number,
): { total: bigint; parts: bigint[] } {
  assert(Number.isInteger(decimals) && decimals >= 0, "decimals are a whole number");
  const binaries = values.map(({ value }, index) => {
    if (!Number.isFinite(value)) notFinite(value, index);
    return toBinary(value);
  });
  // Over the common denominator 2^-exponent every value is a whole numerator.
  const exponent = binaries.reduce((least, { exponent: e }) => Math.min(least, e), 0);
  const denominator = 1n << BigInt(-exponent);
  const scale = 10n ** BigInt(decimals);
  const numerators = binaries.map(
    ({ mantissa, exponent: e }) => (mantissa * scale) << BigInt(e - exponent),
  );
  const total = roundHalfEven(
    numerators.reduce((above, numerator) => above + numerator, 0n),
    denominator,
  );
  return { total, parts: roundExact(total, numerators, denominator, values) };
}

/**
 * The least whole number of minor units that is not below a real amount: what is asked of somebody.
 *
 * @param value     whole currency units, finite
 * @param decimals  digits after the point of the currency
 * @throws          PoolError NUMBER_NOT_FINITE
 */
export function roundUp(value: number, decimals: number): bigint {
  assert(Number.isInteger(decimals) && decimals >= 0, "decimals are a whole number");
  if (!Number.isFinite(value)) notFinite(value, 0);
  const { mantissa, exponent } = toBinary(value);
  const scaled = mantissa * 10n ** BigInt(decimals);
  if (exponent >= 0) return scaled << BigInt(exponent);
  return -floorDivide(-scaled, 1n << BigInt(-exponent));
}

/**
 * A fraction of an amount, rounded down. The fraction is taken as the decimal that it prints as:
 * 0.7 of 100 is 70, although the double nearest to 0.7 lies below it.
 *
 * @param amount    ≥ 0, minor units
 * @param fraction  finite, ≥ 0
 */
export function fractionDown(amount: bigint, fraction: number): bigint {
  assert(amount >= 0n, "a fraction is taken of an amount that is not negative");
  assert(Number.isFinite(fraction) && fraction >= 0, "a fraction is finite and not negative");
  const [digits = "0", power = "0"] = String(fraction).split("e");
  const [whole = "0", decimals = ""] = digits.split(".");
  const exponent = Number(power) - decimals.length;
  const numerator = amount * BigInt(whole + decimals);
  return exponent >= 0 ? numerator * 10n ** BigInt(exponent) : numerator / 10n ** BigInt(-exponent);
}

/**
 * Rounds exact fractions to whole units that sum to a whole total (largest remainder, ties to the
 * smaller id).
 *
 * @param total       the sum of the fractions, whole
 * @param numerators  of fractions with one denominator
 * @param owners      in the order of the fractions
 * @returns           each fraction rounded down or up
 * @throws            PoolError ID_DUPLICATE
 */
export function roundExact(
  total: bigint,
  numerators: readonly bigint[],
  denominator: bigint,
  owners: readonly { readonly id: string }[],
): bigint[] {
  refuseDuplicates(owners);
  const parts = numerators.map((numerator) => floorDivide(numerator, denominator));
  const remainders = numerators.map((numerator, i) => numerator - parts[i]! * denominator);
  giveLeftover(total, parts, remainders, owners);
  return parts;
}

/** Adds one unit to the parts with the largest remainders until the parts sum to the total. */
function giveLeftover(
  total: bigint,
  parts: bigint[],
  remainders: readonly bigint[],
  owners: readonly { readonly id: string }[],
): void {
  const left = total - parts.reduce((above, part) => above + part, 0n);
  assert(left >= 0n, "parts rounded down do not exceed the total");
  if (left === 0n) return;
  const order = parts.map((_, i) => i);
  order.sort((a, b) => {
    const first = remainders[a]!;
    const second = remainders[b]!;
    if (first !== second) return first > second ? -1 : 1;
    return owners[a]!.id < owners[b]!.id ? -1 : 1;
  });
  // What is left is a sum of remainders below one unit each, so it never outnumbers them.
  assert(left <= BigInt(order.length), "less than one unit is left per part");
  for (let i = 0; i < Number(left); i++) {
    const at = order[i]!;
    assert(remainders[at]! > 0n, "an exact part is not rounded up");
    parts[at] = parts[at]! + 1n;
  }
}

function wholeWeights(weights: readonly Weighted[]): bigint[] {
  const binaries = weights.map(({ weight }, index): Binary => {
    if (typeof weight === "number" && !Number.isFinite(weight)) notFinite(weight, index);
    if (!(weight >= 0)) {
      refuse({
        code: "NUMBER_RANGE",
        pointer: `/${index}/weight`,
        detail: "a weight must not be negative",
        expected: "weight >= 0",
        received: received(weight),
      });
    }
    return typeof weight === "bigint" ? { mantissa: weight, exponent: 0 } : toBinary(weight);
  });
  const least = binaries.reduce(
    (low, { mantissa, exponent }) => (mantissa !== 0n && exponent < low ? exponent : low),
    1024,
  );
  return binaries.map(({ mantissa, exponent }) =>
    mantissa === 0n ? 0n : mantissa << BigInt(exponent - least),
  );
}

/** The exact value of a finite f64 (IEEE 754 binary64: 52 fraction bits, bias 1075 as integer). */
function toBinary(value: number): Binary {
  words.setFloat64(0, value);
  const bits = words.getBigUint64(0);
  const biased = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & 0xfffffffffffffn;
  const mantissa = biased === 0 ? fraction : fraction | 0x10000000000000n;
  return {
    mantissa: bits >> 63n === 1n ? -mantissa : mantissa,
    exponent: mantissa === 0n ? 0 : biased === 0 ? -1074 : biased - 1075,
  };
}

function floorDivide(numerator: bigint, denominator: bigint): bigint {
  const quotient = numerator / denominator;
  return numerator < 0n && quotient * denominator !== numerator ? quotient - 1n : quotient;
}

function roundHalfEven(numerator: bigint, denominator: bigint): bigint {
  const floor = floorDivide(numerator, denominator);
  const twice = 2n * (numerator - floor * denominator);
  const up = twice > denominator || (twice === denominator && floor % 2n !== 0n);
  return up ? floor + 1n : floor;
}

// Ties go to the smaller id, so two parts of one id would depend on their order.
function refuseDuplicates(owners: readonly { readonly id: string }[]): void {
  const seen = new Set<string>();
  owners.forEach(({ id }, index) => {
    if (seen.has(id)) {
      refuse({
        code: "ID_DUPLICATE",
        pointer: `/${index}/id`,
        detail: "this id takes part in the split twice; add the two up first",
        expected: "every id once",
        received: received(id),
      });
    }
    seen.add(id);
  });
}

function notFinite(value: number, index: number): never {
  refuse({
    code: "NUMBER_NOT_FINITE",
    pointer: `/${index}`,
    detail: "only a finite number can be split or rounded",
    expected: "a finite number",
    received: received(value),
  });
}
