// Method: computed cases; every conditional mean by a second way (enumeration, quadrature, another
// law's closed form); the axioms each rule claims on random members, and for those it lacks a case.
import { describe, expect, test } from "vitest";
import {
  conditionalMean,
  type JointLaw,
  type MemberMoments,
  SHARING_RULES,
  type SharingRule,
  sharedLoss,
  sharingMatrix,
} from "../../src/sharing/index.ts";
import { seeded } from "../support/kernel.ts";
import { integral } from "../support/quadrature.ts";
import { type Cases, expectClose, reference, type Values } from "../support/reference.ts";
import { refusals } from "../support/refusal.ts";

type Matrix = readonly (readonly number[])[];

const sum = (values: Iterable<number>) => [...values].reduce((above, value) => above + value, 0);
const dot = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  sum(Array.from(a, (value, i) => value * b[i]!));
/** What the computed cases call each rule. */
const NAMES: Readonly<Record<SharingRule, string>> = {
  uniform: "uniform",
  "mean-proportional": "mean_proportional",
  "uniform-residual": "uniform_residual",
  "variance-residual": "variance_proportional_residual",
  "deviation-residual": "std_residual",
  "linear-regression": "linear_regression",
};
const quadratic = (a: ArrayLike<number>, covariance: Matrix) =>
  dot(
    a,
    covariance.map((row) => dot(row, a)),
  );

describe("computed cases", () => {
  test("sharedLoss: all rules on three members", () => {
    const { inputs, expected, tolerance } = reference<
      Cases<[number]> & { mu: number[]; cov: number[][] },
      Values<Record<string, number[]>>
    >("share.linear-rules");
    const members = { means: inputs.mu, covariance: inputs.cov };
    inputs.cases.forEach(([loss], i) => {
      for (const rule of SHARING_RULES) {
        const shares = sharedLoss(loss, members, rule);
        expectClose(shares, expected.values[i]![NAMES[rule]], tolerance);
      }
    });
  });

  test("sharingMatrix: the matrix, and the variance that it leaves", () => {
    const { inputs, expected, tolerance } = reference<
      { mu: number[]; cov: number[][] },
      Record<"objective" | "sum_var_before" | "sum_var_uniform_residual_share", number> & {
        A: number[][];
      }
    >("share.feng-p2p-linear.a");
    const matrix = sharingMatrix({ means: inputs.mu, covariance: inputs.cov });
    expectClose(matrix, expected.A, tolerance);
    const left = sum(matrix.map((row) => quadratic(row, inputs.cov)));
    expectClose(left, expected.objective, tolerance);
    const uniformly = quadratic([1, 1, 1], inputs.cov) / 3;
    expectClose(uniformly, expected.sum_var_uniform_residual_share, tolerance);
    expect(uniformly).toBeLessThan(left);
    expect(left).toBeLessThan(expected.sum_var_before);
  });

  test("conditionalMean: gamma and Poisson", () => {
    const { expected, tolerance } = reference<unknown, Values<number[]>>("share.cmrs.linear-cases");
    const [gamma, poisson] = expected.values;
    expectClose(conditionalMean(7, { kind: "gamma", shapes: [2, 3, 5] }), gamma, tolerance);
    expectClose(conditionalMean(4, { kind: "poisson", rates: [0.5, 1.5, 3] }), poisson, tolerance);
  });

  test("conditionalMean: two exponentials", () => {
    const { inputs, expected, tolerance } = reference<
      Cases<[number, number, number]>,
      Values<number[]>
    >("share.cmrs.exponentials");
    inputs.cases.forEach(([first, second, loss], i) => {
      const law: JointLaw = { kind: "exponential", rates: [first, second] };
      expectClose(conditionalMean(loss, law), expected.values[i], tolerance);
    });
  });

  test("conditionalMean: three losses of one unit", () => {
    const { expected, tolerance } = reference<unknown, { float: Record<string, number[]> }>(
      "share.cmrs.bernoulli3",
    );
    const masses = [
      [0.9, 0.1],
      [0.8, 0.2],
      [0.5, 0.5],
    ];
    for (const [loss, shares] of Object.entries(expected.float)) {
      expectClose(conditionalMean(Number(loss), { kind: "lattice", masses }), shares, tolerance);
    }
  });
});

describe("axioms of the rules by moments", () => {
  const random = seeded(5);
  const pools = Array.from({ length: 100 }, (_, round) => {
    const count = 1 + (round % 7);
    const factor = Array.from({ length: count }, () =>
      Array.from({ length: count }, () => random() - 0.4),
    );
    const covariance = factor.map((row) => factor.map((other) => dot(row, other)));
    return { means: Array.from({ length: count }, () => 0.1 + 5 * random()), covariance };
  });

  test.each(SHARING_RULES)("sharedLoss: %s shares out the loss", (rule) => {
    for (const members of pools) {
      for (const loss of [-3, 0, 0.25, 40]) {
        expectClose(sum(sharedLoss(loss, members, rule)), loss, { rel: 1e-12, abs: 1e-12 });
      }
    }
  });

  test.each<SharingRule>([
    "mean-proportional",
    "uniform-residual",
    "variance-residual",
    "deviation-residual",
    "linear-regression",
  ])("sharedLoss: %s is fair", (rule) => {
    // Shares are straight lines in the loss, so their means are those at the mean.
    for (const members of pools) {
      const shares = sharedLoss(sum(members.means), members, rule);
      expectClose([...shares], members.means, { rel: 1e-12 });
    }
  });

  test.each<SharingRule>(["uniform", "mean-proportional"])(
    "sharedLoss: %s asks for nothing when nothing is lost",
    (rule) => {
      for (const members of pools) {
        expect(sharedLoss(0, members, rule).every((share) => share === 0)).toBe(true);
      }
    },
  );

  const variances = (members: MemberMoments & { covariance: Matrix }, rule: SharingRule) => {
    const none = sharedLoss(0, members, rule);
    const total = quadratic(new Array(none.length).fill(1), members.covariance);
    return Array.from(
      sharedLoss(1, members, rule),
      (one, i) => (one - none[i]!) * (one - none[i]!) * total,
    );
  };

  test("sharedLoss: nobody's share by linear regression varies more than the own loss", () => {
    for (const members of pools) {
      variances(members, "linear-regression").forEach((variance, i) => {
        expect(variance).toBeLessThanOrEqual(members.covariance[i]![i]! * (1 + 1e-9));
      });
    }
  });

  test("sharedLoss: uniform residuals leave the least variance in all", () => {
    for (const members of pools) {
      const least = sum(variances(members, "uniform-residual")) * (1 - 1e-9);
      expect(least).toBeLessThanOrEqual(sum(members.covariance.map((row, i) => row[i]!)));
      expect(least).toBeLessThanOrEqual(sum(variances(members, "mean-proportional")));
      expect(least).toBeLessThanOrEqual(sum(variances(members, "linear-regression")));
      expect(least).toBeLessThanOrEqual(sum(variances(members, "variance-residual")));
      expect(least).toBeLessThanOrEqual(sum(variances(members, "deviation-residual")));
      const matrix = sharingMatrix(members);
      expect(least).toBeLessThanOrEqual(
        sum(matrix.map((row) => quadratic(row, members.covariance))) * (1 + 1e-6),
      );
    }
  });

  test("sharedLoss: residuals by variance are the regression of losses without correlation", () => {
    for (const { means, covariance } of pools) {
      const apart = covariance.map((row, i) => row.map((value, j) => (i === j ? value : 0)));
      const members = { means, covariance: apart };
      for (const loss of [-3, 0.25, 40]) {
        const regressed = sharedLoss(loss, members, "linear-regression");
        expectClose(sharedLoss(loss, members, "variance-residual"), regressed, { rel: 1e-11 });
      }
    }
  });

  test("sharedLoss: residuals by deviation are as far from each mean, in own deviations", () => {
    for (const members of pools) {
      const distances = Array.from(
        sharedLoss(40, members, "deviation-residual"),
        (share, i) => (share - members.means[i]!) / Math.sqrt(members.covariance[i]![i]!),
      );
      expectClose(
        distances,
        distances.map(() => distances[0]),
        { rel: 1e-11 },
      );
    }
  });

  test("sharingMatrix: is balanced and fair, and no fair matrix nearby leaves less variance", () => {
    for (const members of pools) {
      const { means, covariance } = members;
      const matrix = sharingMatrix(members);
      const close = { rel: 1e-8, abs: 1e-8 };
      means.forEach((mean, j) => {
        expectClose(sum(matrix.map((row) => row[j]!)), 1, close);
        expectClose(dot(matrix[j]!, means), mean, close);
      });
      if (means.length < 3) continue;
      const left = sum(matrix.map((row) => quadratic(row, covariance)));
      // A step that keeps both: columns sum to 0, and every row is orthogonal to the means.
      const step = means.map((_, j) => (j === 0 ? -means[1]! : j === 1 ? means[0]! : 0));
      for (const size of [-0.01, 0.01]) {
        const moved = matrix.map((row, i) =>
          row.map((a, j) => a + (i === 0 ? size : i === 1 ? -size : 0) * step[j]!),
        );
        expect(sum(moved.map((row) => quadratic(row, covariance)))).toBeGreaterThan(left);
      }
    }
  });

  test("sharedLoss: linear regression and uniform residuals can be negative for a small loss", () => {
    const members = {
      means: [1, 9],
      covariance: [
        [4, 0],
        [0, 1],
      ],
    };
    expectClose(sharedLoss(5, members, "linear-regression"), [-3, 8], { rel: 1e-15 });
    expectClose(sharedLoss(5, members, "uniform-residual"), [-1.5, 6.5], { rel: 1e-15 });
  });

  test("sharedLoss: uniform shares are not fair, and vary more than a small loss of one's own", () => {
    const members = {
      means: [1, 9],
      covariance: [
        [1, 0],
        [0, 63],
      ],
    };
    expect([...sharedLoss(10, members, "uniform")]).toEqual([5, 5]);
    expect(variances(members, "uniform")).toEqual([16, 16]);
  });
});

describe("axioms of the conditional mean on a lattice", () => {
  const random = seeded(8);
  const pools = Array.from({ length: 60 }, (_, round) =>
    Array.from({ length: 1 + (round % 5) }, () => {
      const weights = Array.from({ length: 1 + Math.floor(random() * 5) }, () => 0.05 + random());
      return weights.map((weight) => weight / sum(weights));
    }),
  );
  const meanOf = (law: readonly number[]) => sum(law.map((p, x) => p * x));

  /** Every combination of losses with its probability: nothing is convolved. */
  function combinations(masses: Matrix): { losses: number[]; p: number }[] {
    return masses.reduce<{ losses: number[]; p: number }[]>(
      (all, law) =>
        all.flatMap(({ losses, p }) => law.map((q, x) => ({ losses: [...losses, x], p: p * q }))),
      [{ losses: [], p: 1 }],
    );
  }

  test("conditionalMean: is the mean over all combinations of that sum, and keeps the axioms", () => {
    for (const masses of pools) {
      const all = combinations(masses);
      const means = masses.map(() => 0);
      const squares = masses.map(() => 0);
      for (let loss = 0; loss <= sum(masses.map((law) => law.length - 1)); loss++) {
        const those = all.filter(({ losses }) => sum(losses) === loss);
        const mass = sum(those.map(({ p }) => p));
        const shares = conditionalMean(loss, { kind: "lattice", masses });
        expectClose(sum(shares), loss, { rel: 1e-12 });
        masses.forEach((law, i) => {
          const share = sum(those.map(({ losses, p }) => p * losses[i]!)) / mass;
          expectClose(shares[i], share, { rel: 1e-11 });
          expect(shares[i]!).toBeLessThanOrEqual((law.length - 1) * (1 + 1e-12));
          means[i]! += mass * shares[i]!;
          squares[i]! += mass * shares[i]! * shares[i]!;
        });
      }
      masses.forEach((law, i) => {
        expectClose(means[i], meanOf(law), { rel: 1e-11 });
        expect(squares[i]!).toBeLessThanOrEqual(sum(law.map((p, x) => p * x * x)) * (1 + 1e-12));
      });
    }
  });

  test("conditionalMean: Poisson losses on a lattice share as Poisson losses do", () => {
    const rates = [0.5, 1.5, 3, 0];
    const masses = rates.map((rate) => {
      const law = [Math.exp(-rate)];
      for (let x = 1; x < 80; x++) law.push((law[x - 1]! * rate) / x);
      return law;
    });
    for (const loss of [0, 1, 4, 17, 60]) {
      const shares = conditionalMean(loss, { kind: "lattice", masses });
      expectClose(shares, conditionalMean(loss, { kind: "poisson", rates }), { rel: 1e-12 });
    }
  });

  test("conditionalMean: a larger sum may mean a smaller share", () => {
    const masses = [
      [0.5, 0.5],
      [0.5, 0, 0.5],
    ];
    const shares = [0, 1, 2, 3].map((loss) => [
      ...conditionalMean(loss, { kind: "lattice", masses }),
    ]);
    expect(shares).toEqual([
      [0, 0],
      [1, 0],
      [0, 2],
      [1, 2],
    ]);
  });
});

describe("the conditional mean of two exponentials", () => {
  // From equal rates through both sides of where the series ends to rates far apart.
  const PRODUCTS = [0, 1e-300, 1e-12, 1e-6, 0.01, 0.2499, 0.25, 0.2501, 1, 6, 30];

  test("conditionalMean: is the mean of the law given the sum, at near and at far rates", () => {
    for (const product of PRODUCTS) {
      for (const loss of [0.5, 2]) {
        const law: JointLaw = { kind: "exponential", rates: [3 + product / loss, 3] };
        const apart = law.rates[0]! - 3;
        const density = (x: number) => Math.exp(-apart * x);
        const mean =
          integral((x) => x * density(x), [0, loss], 40) / integral(density, [0, loss], 40);
        const shares = conditionalMean(loss, law);
        expectClose(shares, [mean, loss - mean], { rel: 2e-14 });
        const other = conditionalMean(loss, { kind: "exponential", rates: [3, law.rates[0]!] });
        expect([...other].reverse()).toEqual([...shares]);
      }
    }
  });

  test("conditionalMean: is fair, 0 at 0, and varies less than the own loss", () => {
    const rates = [2, 0.5];
    const law: JointLaw = { kind: "exponential", rates };
    const density = (s: number) => (Math.exp(-0.5 * s) - Math.exp(-2 * s)) / (1 / 0.5 - 1 / 2);
    expect([...conditionalMean(0, law)]).toEqual([0, 0]);
    for (const i of [0, 1]) {
      const moment = (power: number) =>
        integral((s) => conditionalMean(s, law)[i]! ** power * density(s), [0, 120], 400);
      const mean = 1 / rates[i]!;
      expectClose(moment(1), mean, { rel: 1e-12 });
      expect(moment(2) - mean * mean).toBeLessThan(mean * mean);
    }
    // The product of rate and loss is beyond all numbers, the share is not.
    expect([...conditionalMean(1e300, { kind: "exponential", rates: [1e20, 1] })]).toEqual([
      1e-20, 1e300,
    ]);
  });
});

describe("refusals", () => {
  const members = {
    means: [1, 2],
    covariance: [
      [1, 0.5],
      [0.5, 2],
    ],
  };
  const covered = (covariance: Matrix) => ({ means: [1, 2], covariance });
  const regressed = (covariance: Matrix) => () =>
    sharedLoss(1, covered(covariance), "linear-regression");
  const lattice = (loss: number, masses: Matrix) => () =>
    conditionalMean(loss, { kind: "lattice", masses });

  test.each<[string, () => unknown, string]>([
    ["no finite loss", () => sharedLoss(NaN, members, "uniform"), "NUMBER_NOT_FINITE /loss"],
    ["no members", () => sharedLoss(1, { means: [] }, "uniform"), "MEMBERS_NONE /means"],
    [
      "no finite mean",
      () => sharedLoss(1, { means: [1, Infinity] }, "uniform-residual"),
      "NUMBER_NOT_FINITE /means/1",
    ],
    [
      "shares of a negative mean",
      () => sharedLoss(1, { means: [3, -1] }, "mean-proportional"),
      "NUMBER_RANGE /means/1",
    ],
    [
      "shares of no mean",
      () => sharedLoss(1, { means: [0, 0] }, "mean-proportional"),
      "WEIGHTS_ZERO /means",
    ],
    ["an unknown rule", () => sharedLoss(1, members, "first" as SharingRule), "ENUM /rule"],
    [
      "regression without a covariance",
      () => sharedLoss(1, { means: [1, 2] }, "linear-regression"),
      "MATRIX_SHAPE /covariance",
    ],
    [
      "residuals by variance without a covariance",
      () => sharedLoss(1, { means: [1, 2] }, "variance-residual"),
      "MATRIX_SHAPE /covariance",
    ],
    [
      "residuals by deviation where nothing varies",
      () =>
        sharedLoss(
          1,
          covered([
            [0, 0],
            [0, 0],
          ]),
          "deviation-residual",
        ),
      "WEIGHTS_ZERO /covariance",
    ],
    ["a row too short", regressed([[1, 0], [0]]), "MATRIX_SHAPE /covariance"],
    [
      "no number",
      regressed([
        [1, NaN],
        [NaN, 1],
      ]),
      "NUMBER_NOT_FINITE /covariance/0/1",
    ],
    [
      "two covariances for one",
      regressed([
        [1, 0],
        [0.1, 1],
      ]),
      "MATRIX_SYMMETRY /covariance/1/0",
    ],
    [
      "a negative variance",
      regressed([
        [1, 0],
        [0, -1],
      ]),
      "MATRIX_DIAGONAL /covariance/1/1",
    ],
    [
      "a sum that does not vary",
      regressed([
        [1, -1],
        [-1, 1],
      ]),
      "NUMBER_RANGE /covariance",
    ],
    [
      "a matrix for a loss that follows from another",
      () =>
        sharingMatrix(
          covered([
            [1, 2],
            [2, 4],
          ]),
        ),
      "MATRIX_NOT_PSD /covariance",
    ],
    [
      "a matrix for what no losses have",
      () =>
        sharingMatrix(
          covered([
            [1, 2],
            [2, 1],
          ]),
        ),
      "MATRIX_NOT_PSD /covariance",
    ],
    [
      "a matrix for means of 0",
      () => sharingMatrix({ ...members, means: [0, 0] }),
      "WEIGHTS_ZERO /means",
    ],
    [
      "a negative sum",
      () => conditionalMean(-1, { kind: "gamma", shapes: [1] }),
      "NUMBER_RANGE /loss",
    ],
    [
      "a shape of 0",
      () => conditionalMean(1, { kind: "gamma", shapes: [1, 0] }),
      "NUMBER_RANGE /shapes/1",
    ],
    [
      "a negative rate",
      () => conditionalMean(1, { kind: "poisson", rates: [1, -1] }),
      "NUMBER_RANGE /rates/1",
    ],
    [
      "nobody with claims",
      () => conditionalMean(1, { kind: "poisson", rates: [0] }),
      "WEIGHTS_ZERO /rates",
    ],
    [
      "three exponentials",
      () => conditionalMean(1, { kind: "exponential", rates: [1, 2, 3] }),
      "NUMBER_RANGE /rates",
    ],
    [
      "an exponential without a rate",
      () => conditionalMean(1, { kind: "exponential", rates: [1, 0] }),
      "NUMBER_RANGE /rates/1",
    ],
    [
      "an unknown law",
      () => conditionalMean(1, { kind: "stable" } as unknown as JointLaw),
      "ENUM /kind",
    ],
    ["a lattice of nobody", lattice(0, []), "MEMBERS_NONE /masses"],
    ["half a unit", lattice(0.5, [[0.5, 0.5]]), "NUMBER_RANGE /loss"],
    [
      "a sum that cannot be",
      lattice(3, [
        [0.5, 0.5],
        [0.5, 0.5],
      ]),
      "NUMBER_RANGE /loss",
    ],
    ["a sum between the points", lattice(1, [[0.5, 0, 0.5]]), "NUMBER_RANGE /loss"],
    ["a sum of no probability", lattice(1, [[1, 1e-300]]), "NUMBER_RANGE /loss"],
    ["a negative probability", lattice(0, [[1.5, -0.5]]), "NUMBER_RANGE /masses/0/1"],
    ["probabilities of less than 1", lattice(0, [[1], [0.5, 0.4]]), "WEIGHTS_SUM /masses/1"],
  ])("refuses %s", (_, run, refused) => {
    expect(refusals(run)).toEqual([refused]);
  });
});
