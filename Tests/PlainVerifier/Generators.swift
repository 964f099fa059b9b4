/// A list of bases (Formats.md, "Generators"): on their curve, and otherwise as the key says.
package struct Generators<C: Curve>: Sendable {
  /// log2 of the number of bases.
  let logCount: Int
  /// K.
  let blinding: Point<C>
  /// The base of evaluations.
  let evaluation: Point<C>
  /// The 2^k bases.
  let bases: [Point<C>]
  /// SHA-256 of the digests of pieces of 2^16 bytes.
  package let digest: [UInt8]

  /// Reads all of `bytes`.
  package init(_ bytes: [UInt8]) throws(Refusal) {
    var cursor = ByteCursor(bytes)
    let name = Array("LayerFold v1 \(C.name)".utf8) + [0]
    try requireFormat(try cursor.take(name.count) == name, "the name of generators")
    logCount = try cursor.number(bytes: 1, in: 0...30, "the number of generators")
    try requireFormat(cursor.left == 64 * (2 + 1 << logCount), "the length of generators")
    var points: [Point<C>] = []
    for _ in 0..<2 + 1 << logCount {
      let x: Residue<C.Base> = try cursor.element()
      guard let point = Point<C>(x: x, y: try cursor.element()) else { throw .malformed("generators on the curve") }
      points.append(point)
    }
    (blinding, evaluation, bases) = (points[0], points[1], Array(points[2...]))
    digest = ByteTranscript.digest(pieces: bytes)
  }
}
