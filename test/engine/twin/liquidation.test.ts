// Method: margined pools on both backends, every bit of losses, statistics, moments and sums.
import { expect, test } from "vitest";
import { loadSync } from "../../../src/index.ts";
import { marginPool } from "../../support/liquidation-pool.ts";

test.todo;
