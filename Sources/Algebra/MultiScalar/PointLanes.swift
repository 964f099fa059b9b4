extension Curve {
  /// For every p, the sum over blocks t of weights[t] * points[p + t * length], length being the number of points over
  /// that of weights, not all of which are zero. Fast for points none of which is infinity.
  ///
  /// All places share the weights, hence the chain of additions; with the endomorphism 127 doublings, and 50 additions
  /// for each weight.
  @usableFromInline package static func folded(
    _ points: [AffinePoint<Self>], weights: [ScalarField]
  ) -> [AffinePoint<Self>] {
    precondition(!weights.isEmpty && points.count % weights.count == 0, "Blocks of one length.")
    let length = points.count / weights.count
    let chain = PointLanes<Self>(weights: weights)
    let lanes = PointLanes<Self>.lanesAtOnce(count: length)
    let blocks = Parallel.mapChunks(count: (length + lanes - 1) / lanes, minimumChunk: 1) { range in
      range.flatMap { block in
        let (first, count) = (block * lanes, min(lanes, length - block * lanes))
        let inputs = weights.indices.map { points[($0 * length + first)...].prefix(count) }
        return chain.combination(of: inputs) ?? Self.combination(of: inputs, weights: weights)
      }
    }
    return blocks.flatMap { $0 }
  }

  /// The same for a few places, one after the other, whatever the points.
  private static func combination(
    of inputs: [ArraySlice<AffinePoint<Self>>], weights: [ScalarField]
  ) -> [AffinePoint<Self>] {
    let count = inputs.first?.count ?? 0
    let sums = (0..<count).map { place in
      Straus<Self>.multiply(weights, inputs.map { $0[$0.startIndex + place] })
    }
    return ProjectivePoint.normalized(sums)
  }
}

/// A linear combination that is computed for many points at once.
struct PointLanes<C: Curve>: Sendable {
  /// One half of a weight: signed digits, least significant first, of the multiples of a point, or of its image under the
  /// endomorphism.
  private struct Half {
    var isImage: Bool
    var digits: [Int8]
  }

  private let beta: C.BaseField
  /// The halves of every weight.
  private let halves: [[Half]]

  /// The combination with these weights.
  init(weights: [C.ScalarField]) {
    let endomorphism = Endomorphism<C>()
    beta = endomorphism.beta
    halves = weights.map { weight in
      let (own, image) = endomorphism.halves(of: weight)
      return [(own, false), (image, true)].map { Half(isImage: $1, digits: Self.signedDigits($0)) }
    }
  }

  /// Places worked on at a time: enough to share an inversion, few enough that their tables stay in a processor's cache.
  static func lanesAtOnce(count: Int) -> Int { min(1024, max(64, count / Parallel.processorCount)) }

  /// The sum over t of weight t times inputs[t], place by place; nil if that cannot be done by these additions, since
  /// somewhere points are infinity, equal or opposite.
  func combination(of inputs: [ArraySlice<AffinePoint<C>>]) -> [AffinePoint<C>]? {
    guard let count = inputs.first?.count, inputs.allSatisfy({ !$0.contains { $0.isInfinity } }) else { return nil }
    let scratch = PointBlocks<C>.Scratch(count: count)
    var terms: [(multiples: [PointBlocks<C>], digits: [Int8])] = []
    for (input, halves) in zip(inputs, halves) {
      guard let multiples = Self.oddMultiples(input, scratch) else { return nil }
      for half in halves {
        let images = half.isImage ? multiples.map { PointBlocks($0, scaledBy: beta) } : multiples
        terms.append((images, half.digits))
      }
    }
    // With a negative first digit everything is summed with the other sign.
    var sum: PointBlocks<C>?
    var isOpposite = false
    for place in (0..<(terms.map(\.digits.count).max() ?? 0)).reversed() {
      if let sum { guard sum.double(scratch) else { return nil } }
      for term in terms where place < term.digits.count && term.digits[place] != 0 {
        let multiple = term.multiples[Int(term.digits[place].magnitude) / 2]
        let isNegative = term.digits[place] < 0
        if let sum {
          guard sum.add(multiple, negated: isNegative != isOpposite, scratch) else { return nil }
        } else {
          (sum, isOpposite) = (PointBlocks(copying: multiple), isNegative)
        }
      }
    }
    return sum.map { isOpposite ? $0.points.map { -$0 } : $0.points }
  }

  /// 1, 3, 5 and 7 times the points; nil if that cannot be done fast.
  private static func oddMultiples(
    _ points: ArraySlice<AffinePoint<C>>, _ scratch: PointBlocks<C>.Scratch
  ) -> [PointBlocks<C>]? {
    var multiples = [PointBlocks<C>(points)]
    let twice = PointBlocks(copying: multiples[0])
    guard twice.double(scratch) else { return nil }
    for index in 0..<3 {
      let next = PointBlocks(copying: multiples[index])
      guard next.add(twice, negated: false, scratch) else { return nil }
      multiples.append(next)
    }
    return multiples
  }

  /// Digits d_i in {0, +-1, +-3, +-5, +-7} with number = sum of d_i 2^i, at least three zeros after each other digit.
  static func signedDigits(_ number: BigInteger) -> [Int8] {
    guard var words = number.magnitude.limbs(count: 4) else { preconditionFailure("A number below 2^256.") }
    precondition(words[3] >> 62 == 0, "A number below 2^254, so that the carry ends.")
    let sign: Int8 = number.isNegative ? -1 : 1
    var digits: [Int8] = []
    while words.contains(where: { $0 != 0 }) {
      var digit = 0
      if words[0] & 1 == 1 {
        digit = Int(words[0] & 15)
        words[0] &-= UInt64(digit)
        if digit > 8 {
          digit -= 16
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
      digits.append(sign * Int8(digit))
      for place in words.indices {
        words[place] = words[place] >> 1 | (place < 3 ? words[place + 1] << 63 : 0)
      }
    }
    return digits
  }
}
