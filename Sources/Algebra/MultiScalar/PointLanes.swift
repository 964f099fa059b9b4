/// Many points on which the same additions are done, each addition with one inversion in all.
struct PointLanes<C: Curve> {
  /// The points.
  private(set) var points: [AffinePoint<C>]
  private var addition = PairAddition<C>()

  /// The lanes with these points.
  init(_ points: ArraySlice<AffinePoint<C>>) { self.points = Array(points) }

  /// Doubles every point.
  mutating func double() { addition.double(&points) }

  /// Adds to every point the one of the same lane.
  mutating func add(_ others: [AffinePoint<C>]) { addition.add(others, to: &points) }

  /// Subtracts from every point the one of the same lane.
  mutating func subtract(_ others: [AffinePoint<C>]) { addition.subtract(others, from: &points) }
}

extension Curve {
  /// For every p, the sum over blocks t of weights[t] * points[p + t * length], length being the number of points over
  /// that of weights, not all of which are zero.
  ///
  /// All lanes share the weights, hence the chain of additions: 254 doublings, and 55 additions for each weight.
  @usableFromInline package static func folded(
    _ points: [AffinePoint<Self>], weights: [ScalarField]
  ) -> [AffinePoint<Self>] {
    precondition(!weights.isEmpty && points.count % weights.count == 0, "Blocks of one length.")
    let length = points.count / weights.count
    let digits = weights.map(PointLanes<Self>.signedDigits)
    let lanes = PointLanes<Self>.lanesAtOnce(count: length)
    let blocks = Parallel.mapChunks(count: (length + lanes - 1) / lanes, minimumChunk: 1) { range in
      range.flatMap { block in
        let (first, count) = (block * lanes, min(lanes, length - block * lanes))
        let inputs = digits.indices.map { points[($0 * length + first)...].prefix(count) }
        return PointLanes.combination(inputs, digits: digits)
      }
    }
    return blocks.flatMap { $0 }
  }
}

extension PointLanes {
  /// Lanes worked on at a time: enough to share an inversion, few enough that their tables stay in a processor's cache.
  fileprivate static func lanesAtOnce(count: Int) -> Int { min(512, max(64, count / Parallel.processorCount)) }

  /// sum of inputs[t] times the number with digits[t], lane by lane.
  fileprivate static func combination(_ inputs: [ArraySlice<AffinePoint<C>>], digits: [[Int8]]) -> [AffinePoint<C>] {
    let tables = inputs.map(oddMultiples)
    let zero = [AffinePoint<C>](repeating: .infinity, count: inputs.first?.count ?? 0)
    var sum = PointLanes(zero[...])
    let places = digits.map(\.count).max() ?? 0
    for place in (0..<places).reversed() {
      if place < places - 1 { sum.double() }
      for (table, digits) in zip(tables, digits) where place < digits.count && digits[place] != 0 {
        let multiple = table[Int(digits[place].magnitude) / 2]
        if digits[place] < 0 { sum.subtract(multiple) } else { sum.add(multiple) }
      }
    }
    return sum.points
  }

  /// 1, 3, 5 and 7 times the points.
  private static func oddMultiples(_ points: ArraySlice<AffinePoint<C>>) -> [[AffinePoint<C>]] {
    var double = PointLanes(points)
    double.double()
    var current = PointLanes(points)
    var multiples = [current.points]
    for _ in 0..<3 {
      current.add(double.points)
      multiples.append(current.points)
    }
    return multiples
  }

  /// Digits d_i in {0, +-1, +-3, +-5, +-7} with scalar = sum of d_i 2^i, at least three zeros after each other digit.
  fileprivate static func signedDigits(_ scalar: C.ScalarField) -> [Int8] {
    let limbs = scalar.canonicalLimbs
    var words = [limbs.0, limbs.1, limbs.2, limbs.3]
    var digits: [Int8] = []
    while words.contains(where: { $0 != 0 }) {
      var digit = 0
      if words[0] & 1 == 1 {
        digit = Int(words[0] & 15)
        words[0] &-= UInt64(digit)
        if digit > 8 {
          digit -= 16
          // Scalars are below 2^254: the carry ends.
          var place = 0
          var (sum, overflow) = words[0].addingReportingOverflow(16)
          words[0] = sum
          while overflow {
            place += 1
            (sum, overflow) = words[place].addingReportingOverflow(1)
            words[place] = sum
          }
        }
      }
      digits.append(Int8(digit))
      for place in words.indices {
        words[place] = words[place] >> 1 | (place < 3 ? words[place + 1] << 63 : 0)
      }
    }
    return digits
  }
}
