public import Algebra

/// What verifiers compute with: values that can be added and scaled by constants for free.
///
/// Laws: a vector space over `Field`. In the native and witness worlds an element is a field element; in the shape
/// world it is a linear combination of columns.
@usableFromInline package protocol LinearElement<Field>: Sendable {
  /// The field the values live in.
  associatedtype Field: PrimeField
  /// The element 0.
  static var zero: Self { get }
  /// Sum.
  static func + (left: Self, right: Self) -> Self
  /// Difference.
  static func - (left: Self, right: Self) -> Self
  /// Opposite.
  static prefix func - (value: Self) -> Self
  /// Multiple by a constant.
  static func * (scalar: Field, value: Self) -> Self
}

/// A world in which a verifier's text runs: checked natively, recorded as a constraint shape, or filled as a witness.
///
/// The same text must make the same calls in the same order in every world: no branch may depend on a value.
@usableFromInline package protocol Arithmetic<Field> {
  /// The field.
  associatedtype Field: PrimeField
  /// Values of this world.
  associatedtype Element: LinearElement<Field>

  /// A constant.
  func constant(_ value: Field) -> Element
  /// The product; one row and one trace variable.
  mutating func multiply(_ left: Element, _ right: Element) -> Element
  /// A fresh trace variable constrained equal to `value`, so that long linear combinations stay short; one row.
  mutating func materialise(_ value: Element) -> Element
  /// Requires `left == right`; one row. Natively, and in a strict witness world, throws `ConstraintError.violated(label)`.
  mutating func requireEqual(_ left: Element, _ right: Element, _ label: StaticString) throws
  /// Requires `left * right == product`; one row.
  mutating func requireProduct(_ left: Element, _ right: Element, equals product: Element, _ label: StaticString) throws
  /// `count` unconstrained trace variables whose values `compute` derives from the values of `inputs`; in the shape
  /// world `compute` is not called.
  mutating func advice(count: Int, from inputs: [Element], _ compute: ([Field]) throws -> [Field]) throws -> [Element]
  /// The prover's next message: natively read from the proof (throws when there is none left), in circuits a trace
  /// variable.
  mutating func message() throws -> Element
  /// Runs `body` on a state, as a part that occurs many times: a shape keeps the rows of all parts of one name once.
  ///
  /// `body` only multiplies and materialises, enters no scope, and depends on nothing but the name.
  mutating func repeated(
    _ name: StaticString, _ state: inout [Element], _ body: (inout Self, inout [Element]) -> Void)
  /// Names what follows until the matching `leave`, for row tables; nothing else depends on it.
  mutating func enter(_ scope: StaticString)
  /// Ends the innermost scope.
  mutating func leave()
}

/// Arithmetic inside a step circuit, which also has committed small integers.
@usableFromInline package protocol CircuitArithmetic<Field>: Arithmetic {
  /// The width in bits of a range-checked digit (R).
  var digitBits: Int { get }
  /// `count` fresh digits in the limbs block of the values segment, each in [0, 2^digitBits) by the step's lookups.
  mutating func digits(
    count: Int, from inputs: [Element], _ compute: ([Field]) throws -> [UInt64]
  ) throws -> [Element]
  /// The committed value at an offset of the values segment.
  func committedValue(at offset: Int) -> Element
  /// The public input at an index; index 0 is u, the constant one.
  func publicInput(_ index: Int) -> Element
  /// Makes `value` the public input at an index from 1: one row in the shape, and in the witness world the place where
  /// the public input gets its value.
  mutating func setPublic(_ index: Int, to value: Element, _ label: StaticString) throws
}

extension Arithmetic {
  /// Just runs `body`: only shapes keep what is repeated once.
  @inlinable package mutating func repeated(
    _ name: StaticString, _ state: inout [Element], _ body: (inout Self, inout [Element]) -> Void
  ) {
    body(&self, &state)
  }

  /// One unconstrained trace variable.
  @inlinable package mutating func advice(from inputs: [Element], _ compute: ([Field]) throws -> Field) throws
    -> Element
  {
    try advice(count: 1, from: inputs) { [try compute($0)] }[0]
  }

  /// `count` messages in order.
  @inlinable package mutating func messages(_ count: Int) throws -> [Element] {
    try (0..<count).map { _ in try message() }
  }
}

/// Why a constraint system refused.
@usableFromInline package enum ConstraintError: Error, Equatable {
  /// The named check failed.
  case violated(String)
  /// The proof ended before the verifier had read everything it needs.
  case missingMessage
  /// The proof holds messages nobody read.
  case unreadMessages(Int)
  /// A value did not fit the digits it must be written in.
  case digitOverflow(String)
}
