public import Algebra

extension MontgomeryField: LinearElement {
  /// A field is a vector space over itself.
  @usableFromInline package typealias Field = Self
}

/// The native world: elements are field elements, checks throw, messages are read from a proof.
@usableFromInline package struct NativeArithmetic<Field: PrimeField & LinearElement>: Arithmetic
where Field.Field == Field {
  /// An element is its value.
  @usableFromInline package typealias Element = Field

  @usableFromInline let source: [Field]
  @usableFromInline var cursor = 0

  /// A world that reads `messages` in order.
  @inlinable package init(messages: [Field] = []) { source = messages }

  /// A constant.
  @inlinable package func constant(_ value: Field) -> Field { value }
  /// The product.
  @inlinable package mutating func multiply(_ left: Field, _ right: Field) -> Field { left * right }
  /// The value itself.
  @inlinable package mutating func materialise(_ value: Field) -> Field { value }

  /// Throws `ConstraintError.violated(label)` unless the two are equal.
  @inlinable package mutating func requireEqual(_ left: Field, _ right: Field, _ label: StaticString) throws {
    guard left == right else { throw ConstraintError.violated("\(label)") }
  }

  /// Throws `ConstraintError.violated(label)` unless left * right is the product.
  @inlinable package mutating func requireProduct(
    _ left: Field, _ right: Field, equals product: Field, _ label: StaticString
  ) throws {
    guard left * right == product else { throw ConstraintError.violated("\(label)") }
  }

  /// The values `compute` gives.
  @inlinable package mutating func advice(
    count: Int, from inputs: [Field], _ compute: ([Field]) throws -> [Field]
  ) throws -> [Field] {
    let values = try compute(inputs)
    precondition(values.count == count, "As many values as announced.")
    return values
  }

  /// The next message, or `ConstraintError.missingMessage`.
  @inlinable package mutating func message() throws -> Field {
    guard cursor < source.count else { throw ConstraintError.missingMessage }
    cursor += 1
    return source[cursor - 1]
  }

  /// Throws `ConstraintError.unreadMessages` unless every message has been read.
  package func finish() throws {
    guard cursor == source.count else { throw ConstraintError.unreadMessages(source.count - cursor) }
  }

  /// Nothing: names matter only to shapes.
  @inlinable package mutating func enter(_ scope: StaticString) {}
  /// Nothing: names matter only to shapes.
  @inlinable package mutating func leave() {}
}
