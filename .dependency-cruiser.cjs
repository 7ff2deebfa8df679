// The map of the house: each room and the rooms below it that it may enter.
const rooms = {
  basics: [],
  numeric: ["basics"],
  terms: ["basics"],
  book: ["basics"],
  engine: ["basics"],
  market: ["basics", "numeric"],
  pool: ["basics", "terms", "book", "market"],
  risk: ["basics", "numeric", "terms", "book", "market", "pool", "engine"],
  settlement: ["basics", "terms", "sharing"],
  sharing: ["basics", "numeric"],
  pricing: ["basics", "numeric"],
  incentive: ["basics", "numeric"],
  allocation: [
    ...["basics", "numeric", "terms", "book", "market", "pool", "engine", "risk"],
    ...["settlement", "sharing", "pricing", "incentive"],
  ],
  batch: ["basics", "numeric", "pool"],
  shard: ["basics", "risk"],
  runtime: ["basics", "engine"],
  edge: [".*"],
};

// Packages that are bundled into dist, each behind one door.
const bundled = [
  "^src/edge/",
  "^src/react\\.ts$",
  "^src/engine/instance\\.ts$",
  "^src/basics/digest\\.ts$",
];

const doors = Object.entries(rooms).map(([room, below]) => ({
  name: `${room}-enters-only-rooms-below`,
  severity: "error",
  from: { path: `^src/${room}/` },
  to: { path: "^src/", pathNot: `^src/(${[room, ...below].join("|")})/` },
}));

// The command line and the web page stand on the public door as any user would.
doors.find((door) => door.name.startsWith("edge")).to.pathNot = [
  "^src/(edge|basics)/",
  "^src/[^/]+\\.ts$",
];

module.exports = {
  forbidden: [
    ...doors,
    {
      name: "enter-by-the-door",
      severity: "error",
      comment: "Another room is reached through its index.ts.",
      from: { path: "^src/([^/]+)/" },
      to: { path: "^src/[^/]+/", pathNot: ["^src/$1/", "/index\\.ts$"] },
    },
    { name: "no-circle", severity: "error", from: {}, to: { circular: true } },
    {
      name: "assembly-stands-alone",
      severity: "error",
      from: { path: "^assembly/" },
      to: { path: "^src/" },
    },
    {
      name: "kernels-only-through-engine",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/engine/" },
      to: { path: "^(assembly|build)/" },
    },
    {
      name: "no-packages-in-the-core",
      severity: "error",
      from: { path: "^src/", pathNot: bundled },
      to: {
        dependencyTypes: [
          "npm",
          "npm-dev",
          "npm-optional",
          "npm-peer",
          "npm-no-pkg",
          "npm-unknown",
        ],
      },
    },
    {
      name: "platform-only-at-the-edge",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/(runtime|edge)/" },
      to: { dependencyTypes: ["core"] },
    },
    {
      name: "source-never-imports-test-or-bench",
      severity: "error",
      from: { path: "^(src|assembly)/" },
      to: { path: "^(test|bench)/" },
    },
    {
      name: "no-orphan",
      severity: "error",
      from: { orphan: true, path: "^src/", pathNot: "\\.d\\.ts$" },
      to: {},
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    doNotFollow: { path: "node_modules" },
  },
};
