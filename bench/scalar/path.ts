/**
 * Advances a tile by one step as assembly/path.ts does: x[u] += Σ matrix[u][f] · z[f].
 *
 * shape   x [U×stride], z [≥U×stride], matrix [U×U] f64, lower triangle
 */
export function advance(x: usize, z: usize, matrix: usize, assets: i32, count: i32, stride: i32): void {
  const row = <usize>stride << 3;
  const end = <usize>count << 3;
  for (let u = 0; u < assets; u++) {
    const weights = matrix + (<usize>(u * assets) << 3);
    const weightEnd = weights + (<usize>(u + 1) << 3);
    const out = x + <usize>u * row;
    for (let p: usize = 0; p < end; p += 8) {
      let sum: f64 = 0;
      let normals = z + p;
      for (let at = weights; at < weightEnd; at += 8) {
        sum += load<f64>(at) * load<f64>(normals);
        normals += row;
      }
      store<f64>(out + p, load<f64>(out + p) + sum);
    }
  }
}
