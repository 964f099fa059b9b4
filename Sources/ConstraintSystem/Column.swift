/// A column of the constraint matrices: an entry of z = (public inputs, values A, trace B).
///
/// Public column 0 is u: it holds the constant one of a fresh instance, and every constant is a multiple of it.
package struct Column: Hashable, Comparable, Sendable {
  /// The part of z a column belongs to, in the order in which terms are sorted.
  package enum Part: UInt32, Sendable {
    /// u and the public inputs.
    case publics
    /// The committed integers A.
    case values
    /// What depends on challenges, B.
    case trace
    /// The inputs of a block template; in no circuit's own rows.
    case inputs
  }

  /// The part in the two highest bits, the offset in the others.
  package let code: UInt32

  /// The column at an offset, below 2^30, of a part.
  package init(_ part: Part, _ offset: Int) {
    precondition(offset >= 0 && offset < 1 << 30, "A column offset is below 2^30.")
    code = part.rawValue << 30 | UInt32(offset)
  }

  /// The column of u.
  package static let one = Column(.publics, 0)

  /// The part.
  package var part: Part {
    switch code >> 30 {
    case 0: .publics
    case 1: .values
    case 2: .trace
    default: .inputs
    }
  }

  /// The offset within the part.
  package var offset: Int { Int(code & (1 << 30 - 1)) }

  /// The order of terms: by part, then by offset.
  package static func < (left: Column, right: Column) -> Bool { left.code < right.code }
}
