import Algebra

/// Many affine points on which the same additions are done, each with one inversion in all; none is infinity.
///
/// Coordinates are kept apart so that every step is an operation on vectors. Points added must differ in x, which
/// random combinations of independent points do except with probability about 2^-250.
struct PointLanes<C: Curve> {
  private var x: FieldVector<C.BaseField>
  private var y: FieldVector<C.BaseField>

  /// The lanes with these points.
  init(_ points: ArraySlice<AffinePoint<C>>) {
    x = FieldVector(points.map(\.x))
    y = FieldVector(points.map(\.y))
  }

  /// The points.
  var points: [AffinePoint<C>] { zip(x, y).map { AffinePoint(uncheckedX: $0, y: $1) } }

  /// The opposite points.
  var negated: PointLanes {
    var result = self
    result.y.scale(by: -.one)
    return result
  }

  /// Doubles every point; the curve has no point with y = 0. Seven products a point.
  mutating func double() {
    let square = x.hadamard(x)
    var slope = square + square + square
    slope.multiplyElementwise(by: inverses(of: y + y))
    replace(slope: slope, otherX: x)
  }

  /// Adds to every point the other one of the same lane. Six products a point.
  mutating func add(_ other: PointLanes) {
    var slope = other.y - y
    slope.multiplyElementwise(by: inverses(of: other.x - x))
    replace(slope: slope, otherX: other.x)
  }

  /// Moves every point to the third intersection of the line with this slope through it, reflected.
  private mutating func replace(slope: FieldVector<C.BaseField>, otherX: FieldVector<C.BaseField>) {
    let newX = slope.hadamard(slope) - x - otherX
    y = slope.hadamard(x - newX) - y
    x = newX
  }
}

/// The inverses of the entries, none of which is zero, by a tree of products: three products an entry.
private func inverses<F: PrimeField>(of values: FieldVector<F>) -> FieldVector<F> {
  guard values.count > 8, values.count % 2 == 0 else {
    var elements = values.elements
    precondition(elements.allSatisfy { !$0.isZero }, "Independent points never meet.")
    batchInverse(&elements)
    return FieldVector(elements)
  }
  let half = values.count / 2
  let low = FieldVector(Array(values.elements[..<half]))
  let high = FieldVector(Array(values.elements[half...]))
  let pairs = inverses(of: low.hadamard(high))
  return FieldVector(pairs.hadamard(high).elements + pairs.hadamard(low).elements)
}

// MARK: - Folding

extension PointLanes {
  /// For every p, the sum over blocks t of weights[t] * points[p + t * length], length being the number of points over
  /// that of weights: the bases that several rounds of folding leave.
  ///
  /// All lanes share the weights, hence the chain of additions: 254 doublings, and 55 additions for each weight.
  static func folded(_ points: [AffinePoint<C>], weights: [C.ScalarField]) -> [AffinePoint<C>] {
    precondition(!weights.isEmpty && points.count % weights.count == 0, "Blocks of one length.")
    let length = points.count / weights.count
    let digits = weights.map(signedDigits)
    let blocks = Parallel.mapChunks(count: (length + lanesAtOnce - 1) / lanesAtOnce, minimumChunk: 1) { range in
      range.flatMap { block in
        let (first, count) = (block * lanesAtOnce, min(lanesAtOnce, length - block * lanesAtOnce))
        let inputs = digits.indices.map { PointLanes(points[($0 * length + first)...].prefix(count)) }
        return combination(inputs, digits: digits).points
      }
    }
    return blocks.flatMap { $0 }
  }

  /// Lanes worked on at a time: enough to make an operation on a vector worth its call.
  private static var lanesAtOnce: Int { 512 }

  /// sum of inputs[t] times the number with digits[t].
  private static func combination(_ inputs: [PointLanes], digits: [[Int8]]) -> PointLanes {
    let tables = inputs.map(oddMultiples)
    var sum: PointLanes?
    for place in (0..<(digits.map(\.count).max() ?? 0)).reversed() {
      sum?.double()
      for (table, digits) in zip(tables, digits) where place < digits.count && digits[place] != 0 {
        let multiple = table[Int(digits[place].magnitude) / 2]
        let addend = digits[place] < 0 ? multiple.negated : multiple
        if sum == nil { sum = addend } else { sum?.add(addend) }
      }
    }
    guard let sum else { preconditionFailure("A weight is not zero.") }
    return sum
  }

  /// 1, 3, 5 and 7 times the points.
  private static func oddMultiples(_ lanes: PointLanes) -> [PointLanes] {
    var double = lanes
    double.double()
    var multiples = [lanes]
    for _ in 0..<3 {
      var next = multiples[multiples.count - 1]
      next.add(double)
      multiples.append(next)
    }
    return multiples
  }

  /// Digits d_i in {0, +-1, +-3, +-5, +-7} with scalar = sum of d_i 2^i, at least three zeros after each other digit.
  private static func signedDigits(_ scalar: C.ScalarField) -> [Int8] {
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
