public import Algebra

/// The name of one use of a hash, as a field element: its ASCII bytes read as a little-endian integer.
@usableFromInline package struct Tag: Hashable, Sendable, ExpressibleByStringLiteral {
  /// The name.
  package let name: String
  /// The element that stands for it.
  @usableFromInline package let element: ScalarField

  /// The tag of a name of 1 to 31 ASCII characters.
  package init(_ name: String) {
    let bytes = Array(name.utf8)
    precondition(
      (1...31).contains(bytes.count) && bytes.allSatisfy { (1..<128).contains($0) },
      "A tag is 1 to 31 ASCII characters, none of them zero.")
    var limbs: [UInt64] = [0, 0, 0, 0]
    for (place, byte) in bytes.enumerated() { limbs[place / 8] |= UInt64(byte) << UInt64(8 * (place % 8)) }
    self.name = name
    self.element = ScalarField(reducing: (limbs[0], limbs[1], limbs[2], limbs[3]))
  }

  /// The tag of a literal.
  @usableFromInline package init(stringLiteral name: String) { self.init(name) }
}
