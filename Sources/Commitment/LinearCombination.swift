package import Algebra

extension Curve {
  /// sum of scalars[i] points[i] over the scalars given; there are at least as many points.
  package static func linearCombination(
    _ points: [AffinePoint<Self>], _ scalars: [ScalarField]
  ) -> ProjectivePoint<Self> {
    precondition(scalars.count <= points.count, "At least as many points as scalars.")
    return Parallel.reduceChunks(
      count: scalars.count, minimumChunk: 2, into: ProjectivePoint<Self>.infinity,
      transform: { range in
        var sum = ProjectivePoint<Self>.infinity
        for index in range where !scalars[index].isZero {
          sum += multiply(points[index], variableTime: scalars[index])
        }
        return sum
      }, combine: +=)
  }
}
