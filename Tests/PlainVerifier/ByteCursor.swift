/// Reads encodings from the first byte to the last (Formats.md, first paragraph).
struct ByteCursor {
  /// What is read.
  let bytes: [UInt8]
  /// How many bytes have been read.
  private(set) var place = 0

  /// A cursor before the first byte.
  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// The number of bytes not read.
  var left: Int { bytes.count - place }

  /// The next bytes.
  mutating func take(_ count: Int) throws(Refusal) -> [UInt8] {
    try requireFormat(count >= 0 && count <= left, "enough bytes")
    place += count
    return Array(bytes[place - count..<place])
  }

  /// The next number of 1 to 8 bytes, as its two's complement where it has 8.
  mutating func number(bytes count: Int) throws(Refusal) -> Int {
    Int(truncatingIfNeeded: try take(count).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
  }

  /// The next number, which must lie in a range.
  mutating func number(bytes count: Int, in range: ClosedRange<Int>, _ part: String) throws(Refusal) -> Int {
    let number = try number(bytes: count)
    try requireFormat(range.contains(number), part)
    return number
  }

  /// The next string of bytes: its length in 8 bytes, then the bytes.
  mutating func string(limit: Int, _ part: String) throws(Refusal) -> [UInt8] {
    try take(try number(bytes: 8, in: 0...limit, part))
  }

  /// The next field element.
  mutating func element<M: Modulus>() throws(Refusal) -> Residue<M> {
    guard let element = Residue<M>(bytes: try take(32)) else { throw .malformed("elements below the modulus") }
    return element
  }

  /// The next field elements.
  mutating func elements<M: Modulus>(_ count: Int) throws(Refusal) -> [Residue<M>] {
    var elements: [Residue<M>] = []
    for _ in 0..<count { elements.append(try element()) }
    return elements
  }

  /// The next point.
  mutating func point<C: Curve>() throws(Refusal) -> Point<C> {
    guard let point = Point<C>(compressed: try take(32)) else { throw .malformed("points of the curve") }
    return point
  }

  /// The next points.
  mutating func points<C: Curve>(_ count: Int) throws(Refusal) -> [Point<C>] {
    var points: [Point<C>] = []
    for _ in 0..<count { points.append(try point()) }
    return points
  }

  /// Requires that nothing is left.
  func finish() throws(Refusal) { try requireFormat(left == 0, "no bytes behind the end") }
}
