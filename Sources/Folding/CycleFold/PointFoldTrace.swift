import Algebra

/// The trace of `PointFold` for many pairs of points and one alpha, computed natively: a function of its inputs.
///
/// All pairs go through the ladder in step, so that one inversion serves a step of all of them.
/// - Complexity: about 195 inversions, and 1500 products per pair.
struct PointFoldTrace<C: Curve>: Sendable {
  private typealias Point = AffinePoint<C>

  /// The trace variables of each pair, in the order in which `PointFold.require` reads them.
  private(set) var variables: [[C.BaseField]]
  /// C1 + alpha C2 for each pair.
  private(set) var folded: [AffinePoint<C>] = []
  /// Whether the points are on the curve and every slope exists: exactly then the rows are satisfied.
  private(set) var isComplete = true

  /// The traces of some pairs and of further ones, for one alpha.
  init(joining parts: [PointFoldTrace]) {
    variables = parts.flatMap(\.variables)
    folded = parts.flatMap(\.folded)
    isComplete = parts.allSatisfy(\.isComplete)
  }

  /// The trace for C1_j = running[j], C2_j = fresh[j] and the bits of alpha, least significant first.
  init(bits: [Bool], running: [AffinePoint<C>], fresh: [AffinePoint<C>]) {
    precondition(bits.count == ShortScalar.bitCount, "a short number")
    precondition(running.count == fresh.count, "pairs of points")
    variables = [[C.BaseField]](repeating: [], count: fresh.count)
    for index in variables.indices { variables[index].reserveCapacity(PointFold<C>.variableCount) }

    let squares = fresh.map { $0.x.squared() }
    for index in fresh.indices {
      let (first, second) = (running[index], fresh[index])
      variables[index] += [first.x.squared(), first.y.squared(), squares[index], second.y.squared()]
      if !first.isOnCurve || !second.isOnCurve || first.isInfinity || second.isInfinity { isComplete = false }
    }
    let triples = sums(fresh, doubles(fresh, squares: squares))
    var accumulators = bits[ShortScalar.bitCount - 1] ? triples : fresh
    record(accumulators)
    for window in 0..<ShortScalar.windowCount {
      let places = ShortScalar.places(ofWindow: window)
      let isPositive = bits[places.high]
      let isThree = isPositive == bits[places.low]
      accumulators = step(accumulators, terms: isThree ? triples : fresh, negate: !isPositive)
    }
    let less = sums(accumulators, fresh.map { -$0 })
    let multiples = bits[0] ? accumulators : less
    record(multiples)
    let inverses = inverted(fresh.indices.map { multiples[$0].x - running[$0].x })
    for index in fresh.indices {
      let slope = (multiples[index].y - running[index].y) * inverses[index]
      variables[index] += [inverses[index], slope]
      folded.append(Self.third(slope, running[index], multiples[index].x))
    }
  }

  /// 4 A + T for every pair, T the term or its opposite.
  private mutating func step(_ points: [Point], terms: [Point], negate: Bool) -> [Point] {
    let squares = points.map { $0.x.squared() }
    for index in points.indices { variables[index].append(squares[index]) }
    let doubles = doubles(points, squares: squares)
    let signed = negate ? terms.map { -$0 } : terms
    let firstInverses = inverted(points.indices.map { signed[$0].x - doubles[$0].x })
    let first = points.indices.map { (signed[$0].y - doubles[$0].y) * firstInverses[$0] }
    let middle = points.indices.map { first[$0].squared() - doubles[$0].x - signed[$0].x }
    let secondInverses = inverted(points.indices.map { doubles[$0].x - middle[$0] })
    var results = points
    for index in points.indices {
      let second = doubles[index].y.doubled() * secondInverses[index] - first[index]
      let result = Self.third(second, doubles[index], middle[index])
      variables[index] += [
        terms[index].x, terms[index].y, signed[index].y, first[index], middle[index], second, result.x, result.y,
      ]
      results[index] = result
    }
    return results
  }

  private mutating func doubles(_ points: [Point], squares: [C.BaseField]) -> [Point] {
    let inverses = inverted(points.map { $0.y.doubled() })
    return points.indices.map { index in
      let slope = (squares[index].doubled() + squares[index]) * inverses[index]
      let result = Self.third(slope, points[index], points[index].x)
      variables[index] += [slope, result.x, result.y]
      return result
    }
  }

  private mutating func sums(_ left: [Point], _ right: [Point]) -> [Point] {
    let inverses = inverted(left.indices.map { right[$0].x - left[$0].x })
    return left.indices.map { index in
      let slope = (right[index].y - left[index].y) * inverses[index]
      let result = Self.third(slope, left[index], right[index].x)
      variables[index] += [slope, result.x, result.y]
      return result
    }
  }

  /// The sum of a point and one with first coordinate `x`, on a line of this slope.
  private static func third(_ slope: C.BaseField, _ point: Point, _ x: C.BaseField) -> Point {
    let sum = slope.squared() - point.x - x
    return Point(uncheckedX: sum, y: slope * (point.x - sum) - point.y)
  }

  private mutating func record(_ points: [Point]) {
    for index in points.indices { variables[index] += [points[index].x, points[index].y] }
  }

  private mutating func inverted(_ values: [C.BaseField]) -> [C.BaseField] {
    var inverses = values
    batchInverse(&inverses)
    if inverses.contains(.zero) { isComplete = false }
    return inverses
  }
}
