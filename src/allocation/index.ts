export {
  type SampledShapley,
  type ShapleySampling,
  sampledShapley,
  sampledShapleyWork,
} from "./shapley-sampling.ts";
