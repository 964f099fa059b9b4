package import Algebra

/// `count` points of a curve with unknown relations, by repeated addition of a pseudo-random point; deterministic.
package func curveSamples<C: Curve>(_ curve: C.Type, count: Int, seed: UInt64) -> [AffinePoint<C>] {
  var generator = SeededGenerator(seed: seed)
  var point = C.multiply(C.generator, variableTime: .random(using: &generator))
  let step = C.multiply(C.generator, variableTime: .random(using: &generator)).affine
  var points: [ProjectivePoint<C>] = []
  points.reserveCapacity(count)
  for _ in 0..<count {
    points.append(point)
    point += step
  }
  return ProjectivePoint.normalized(points)
}
