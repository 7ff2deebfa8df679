export {
  type BarrierOptionInput,
  type BarrierTerms,
  barrierOption,
  type DigitalInput,
  digitalBarrier,
  digitalOption,
  discreteBarrier,
  firstPassageProbability,
  type LognormalInput,
  type TouchInput,
  touchOption,
} from "./barrier.ts";
export {
  betaQuantile,
  binomialCdf,
  binomialQuantile,
  incompleteBeta,
} from "./beta.ts";
export { betaQuantileGrid } from "./beta-grid.ts";
export { binomialProbabilities } from "./binomial.ts";
export { bivariateNormalCdf } from "./bivariate.ts";
export {
  type BlackInput,
  type BlackScholesInput,
  type BlackScholesValue,
  type BlackValue,
  black76,
  blackScholes,
} from "./black.ts";
export { chebyshevPoints, chebyshevTransform } from "./chebyshev.ts";
export { exp, expm1, log, log1p } from "./elementary.ts";
export {
  chiSquareCdf,
  chiSquarePdf,
  chiSquareQuantile,
  gammaQuantile,
  incompleteGamma,
  lgamma,
} from "./gamma.ts";
export { isotonicFit } from "./isotonic.ts";
export {
  type LinearConstraint,
  type LinearProgram,
  type LinearSolution,
  linearProgram,
} from "./linear-program.ts";
export {
  frobeniusDistance,
  gramMatrix,
  identityMatrix,
  type SemidefiniteFactor,
  type SymmetricEigen,
  semidefiniteCholesky,
  spectralMatrix,
  symmetricEigen,
} from "./matrix.ts";
export { minimise } from "./minimise.ts";
export { erfc, erfcx, normalCdf, normalLogCdf, normalPdf, normalQuantile } from "./normal.ts";
export { orderStatisticInterval } from "./order-statistic.ts";
export {
  type Barrier,
  type Claim,
  claimValue,
  isBeyond,
  type Motion,
  type Sloped,
  touchedClaim,
  untouchedClaim,
} from "./passage.ts";
export { philox4x32, uniformAt } from "./philox.ts";
export { gaussLegendre } from "./quadrature.ts";
export { rootBetween } from "./root.ts";
export { studentCdf, studentPdf, studentQuantile } from "./student.ts";
