/// The constraints of C'_j = C1_j + alpha C2_j over Fq (Protocol.md, section 9), recorded row by row.
package struct CycleFoldCircuit {
  /// A linear combination of columns: u is column 0, then the public list, then the trace.
  struct Combination: Hashable {
    private(set) var terms: [Int: Fq] = [:]

    static func + (left: Self, right: Self) -> Self {
      Self(terms: left.terms.merging(right.terms, uniquingKeysWith: +).filter { $0.value != .zero })
    }
    static func * (factor: Fq, value: Self) -> Self { Self(terms: value.terms.mapValues { factor * $0 }) }
    static func - (left: Self, right: Self) -> Self { left + -Fq.one * right }
    static func column(_ column: Int) -> Self { Self(terms: [column: .one]) }
    static let zero = Self()
  }

  private struct Coordinates {
    let x: Combination
    let y: Combination
  }

  private let publicCount: Int
  private var traceCount = 0
  private var combinations: [Combination] = []
  private var numbers: [Combination: Int] = [:]
  private var rows: [Row] = []

  /// The constraints for a number of chunks.
  package static func shape(chunks: Int) throws(Refusal) -> Shape<ModulusQ> {
    var circuit = Self(publicCount: 2 + 6 * chunks)
    circuit.record(chunks: chunks)
    return try Shape(circuit.encoded)
  }

  private init(publicCount: Int) { self.publicCount = publicCount }

  private mutating func variable() -> Combination {
    traceCount += 1
    return .column(publicCount + traceCount - 1)
  }

  private mutating func newPoint() -> Coordinates {
    let x = variable()
    return Coordinates(x: x, y: variable())
  }

  /// A row a * b = u c.
  private mutating func row(_ a: Combination, _ b: Combination, _ c: Combination) {
    let numbers = [a, b, c].map { number($0) }
    rows.append(Row(a: numbers[0], b: numbers[1], c: numbers[2]))
  }

  private mutating func number(_ combination: Combination) -> Int {
    if let number = numbers[combination] { return number }
    numbers[combination] = combinations.count
    combinations.append(combination)
    return combinations.count - 1
  }

  // MARK: - Rows

  private let one = Combination.column(0)

  private mutating func record(chunks: Int) {
    let bits = (0..<128).map { _ in variable() }
    for bit in bits.reversed() { row(bit, bit - one, .zero) }
    let sum = bits.reversed().reduce(Combination.zero) { $0 + $0 + $1 }
    row(.zero, .zero, sum - .column(1))
    // The digits after the leading one: whether they are 3 or -3, and their signs.
    let windows = (0..<63).map { window in
      let (high, low, both) = (bits[126 - 2 * window], bits[125 - 2 * window], variable())
      row(high, low, both)
      return (isThree: one - high - low + both + both, sign: high + high - one)
    }
    for chunk in 0..<chunks {
      let points = (0..<3).map { role in
        let column = 2 + 6 * chunk + 2 * role
        return Coordinates(x: .column(column), y: .column(column + 1))
      }
      fold(points[0], points[1], points[2], bits: bits, windows: windows)
    }
  }

  private mutating func fold(
    _ running: Coordinates, _ fresh: Coordinates, _ folded: Coordinates, bits: [Combination],
    windows: [(isThree: Combination, sign: Combination)]
  ) {
    _ = requireOnCurve(running)
    let square = requireOnCurve(fresh)
    let triple = sum(fresh, double(fresh, square: square))
    var multiple = select(bits[127], triple, fresh)
    for window in windows { multiple = step(multiple, window, fresh, triple) }
    let less = sum(multiple, Coordinates(x: fresh.x, y: .zero - fresh.y))
    multiple = select(bits[0], multiple, less)
    let inverse = variable()
    row(inverse, multiple.x - running.x, one)
    requireSum(running, multiple, slope: variable(), equals: folded)
  }

  private mutating func requireOnCurve(_ point: Coordinates) -> Combination {
    let (square, right) = (variable(), variable())
    row(point.x, point.x, square)
    row(point.y, point.y, right)
    row(point.x, square, right - Fq(3) * one)
    return square
  }

  private mutating func step(
    _ point: Coordinates, _ window: (isThree: Combination, sign: Combination), _ single: Coordinates,
    _ triple: Coordinates
  ) -> Coordinates {
    let square = variable()
    row(point.x, point.x, square)
    let doubled = double(point, square: square)
    let unsigned = select(window.isThree, triple, single)
    let term = Coordinates(x: unsigned.x, y: variable())
    row(window.sign, unsigned.y, term.y)
    let (first, middle, second, result) = (variable(), variable(), variable(), newPoint())
    row(first, term.x - doubled.x, term.y - doubled.y)
    row(first, first, middle + doubled.x + term.x)
    row(first + second, doubled.x - middle, doubled.y + doubled.y)
    row(second, second, result.x + middle + doubled.x)
    row(second, doubled.x - result.x, result.y + doubled.y)
    return result
  }

  private mutating func double(_ point: Coordinates, square: Combination) -> Coordinates {
    let (slope, result) = (variable(), newPoint())
    row(slope, point.y + point.y, Fq(3) * square)
    row(slope, slope, result.x + point.x + point.x)
    row(slope, point.x - result.x, result.y + point.y)
    return result
  }

  private mutating func sum(_ left: Coordinates, _ right: Coordinates) -> Coordinates {
    let (slope, result) = (variable(), newPoint())
    requireSum(left, right, slope: slope, equals: result)
    return result
  }

  private mutating func requireSum(
    _ left: Coordinates, _ right: Coordinates, slope: Combination, equals result: Coordinates
  ) {
    row(slope, right.x - left.x, right.y - left.y)
    row(slope, slope, result.x + left.x + right.x)
    row(slope, left.x - result.x, result.y + left.y)
  }

  private mutating func select(_ bit: Combination, _ one: Coordinates, _ zero: Coordinates) -> Coordinates {
    let result = newPoint()
    row(bit, one.x - zero.x, result.x - zero.x)
    row(bit, one.y - zero.y, result.y - zero.y)
    return result
  }

  // MARK: - Encoding

  private var encoded: [UInt8] {
    var bytes = Array("LFSHAPE2".utf8) + [publicCount, traceCount, 0].flatMap(Self.number)
    var (coefficients, places) = ([Fq.one, -Fq.one], [Fq.one: 0, -Fq.one: 1])
    var body: [UInt8] = []
    for combination in combinations {
      let terms = combination.terms.sorted { $0.key < $1.key }
      body += Self.number(terms.count)
      var next = 0
      for term in terms {
        body += Self.number(term.key - next)
        next = term.key + 1
      }
      for term in terms {
        if places[term.value] == nil {
          places[term.value] = coefficients.count
          coefficients.append(term.value)
        }
        body += Self.number(places[term.value, default: 0])
      }
    }
    bytes += Self.number(combinations.count) + Self.number(coefficients.count - 2)
    bytes += coefficients.dropFirst(2).flatMap(\.bytes) + body
    // No templates, no blocks, all rows.
    bytes += [0, 0] + Self.number(rows.count)
    var known = 0
    for index in rows.flatMap({ [$0.a, $0.b, $0.c] }) {
      bytes += Self.number(index == known ? 0 : known - index)
      known = max(known, index + 1)
    }
    return bytes
  }

  /// 7 bits a byte, least significant first.
  private static func number(_ value: Int) -> [UInt8] {
    value < 128 ? [UInt8(value)] : [UInt8(value & 127) | 128] + number(value >> 7)
  }
}
