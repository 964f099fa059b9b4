/// Multi-scalar multiplication with shared doublings, for few points: 254 doublings, and 78 additions a point.
///
/// - seealso: Straus, "Addition chains of vectors" (1964).
enum Straus<C: Curve> {
  /// The number of points from which buckets are faster.
  static var limit: Int { 48 }

  /// sum of scalar_i bases_i, for as many bases as scalars.
  static func multiply(_ scalars: [C.ScalarField], _ bases: [AffinePoint<C>]) -> ProjectivePoint<C> {
    precondition(scalars.count == bases.count, "A base for every scalar.")
    let tables = bases.map { base in
      var multiples = [ProjectivePoint<C>.infinity, ProjectivePoint(base)]
      for _ in 2..<16 { multiples.append(multiples[multiples.count - 1] + base) }
      return multiples
    }
    let digits = scalars.map { scalar in
      let limbs = scalar.canonicalLimbs
      return [limbs.0, limbs.1, limbs.2, limbs.3]
    }
    var result = ProjectivePoint<C>.infinity
    for limb in (0..<4).reversed() {
      for shift in stride(from: UInt64(60), through: 0, by: -4) {
        if !result.isInfinity { result = result.doubled().doubled().doubled().doubled() }
        for index in digits.indices {
          let digit = Int(digits[index][limb] >> shift & 15)
          if digit != 0 { result += tables[index][digit] }
        }
      }
    }
    return result
  }
}
