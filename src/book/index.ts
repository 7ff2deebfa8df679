export type * from "./book.ts";
export { BARRIER_KINDS, PERILS } from "./book.ts";
export {
  type Book,
  type BookSetting,
  COIN_DECIMALS,
  checkBook,
  type Names,
  namesOf,
} from "./rules.ts";
export {
  ASSETS_MAX,
  bookForm,
  COVERS_MAX,
  PARTICIPANTS_MAX,
  POSITIONS_MAX,
} from "./schema.ts";
