public import Algebra

/// The witness world: elements are values, and every variable is appended where `ShapeBuilder` allocates its column.
///
/// The verifier's text may run in parts: append messages, or read `digits`, between them.
@usableFromInline package struct WitnessBuilder<Field: PrimeField & LinearElement>: CircuitArithmetic
where Field.Field == Field {
  /// An element is its value.
  @usableFromInline package typealias Element = Field

  /// The width in bits of a range-checked digit.
  @usableFromInline package let digitBits: Int
  /// The block of the values segment that digits fill from its start.
  package let limbs: Range<Int>
  /// Whether a failing check throws; a lenient builder makes the witness of a cheating prover.
  @usableFromInline package let isStrict: Bool
  /// The values segment A as far as it is known; written digits are read from `digits`.
  package var values: [Int64]
  /// u and the public inputs.
  package private(set) var publics: [Field]
  /// The digits so far, to be written into the values segment from the start of `limbs`.
  package private(set) var digits: [UInt64] = []
  /// The trace segment B so far.
  @usableFromInline package var trace: [Field] = []

  @usableFromInline var messages: [Field]
  @usableFromInline var cursor = 0

  /// A builder over the known values.
  package init(
    layout: StepColumns, values: [Int64] = [], messages: [Field] = [], isStrict: Bool = true
  ) {
    self.digitBits = layout.digitBits
    self.limbs = layout.limbs
    self.isStrict = isStrict
    self.values = values
    self.messages = messages
    publics = [.one] + [Field](repeating: .zero, count: layout.publicCount - 1)
  }

  /// Reserves room for this many trace variables.
  package mutating func reserve(traceCount: Int) { trace.reserveCapacity(traceCount) }

  /// Appends to the prover's messages.
  package mutating func append(messages more: [Field]) { messages += more }

  /// Throws `ConstraintError.unreadMessages` unless every message has been read.
  package func finish() throws {
    guard cursor == messages.count else { throw ConstraintError.unreadMessages(messages.count - cursor) }
  }
}

extension WitnessBuilder {
  /// A constant.
  @inlinable package func constant(_ value: Field) -> Field { value }

  /// The product, appended to the trace.
  @inlinable package mutating func multiply(_ left: Field, _ right: Field) -> Field {
    let product = left * right
    trace.append(product)
    return product
  }

  /// The value, appended to the trace.
  @inlinable package mutating func materialise(_ value: Field) -> Field {
    trace.append(value)
    return value
  }

  /// Throws `ConstraintError.violated(label)` in a strict builder unless the two are equal.
  @inlinable package mutating func requireEqual(_ left: Field, _ right: Field, _ label: StaticString) throws {
    guard !isStrict || left == right else { throw ConstraintError.violated("\(label)") }
  }

  /// Throws `ConstraintError.violated(label)` in a strict builder unless left * right is the product.
  @inlinable package mutating func requireProduct(
    _ left: Field, _ right: Field, equals product: Field, _ label: StaticString
  ) throws {
    guard !isStrict || left * right == product else { throw ConstraintError.violated("\(label)") }
  }

  /// The values `compute` gives, appended to the trace.
  @inlinable package mutating func advice(
    count: Int, from inputs: [Field], _ compute: ([Field]) throws -> [Field]
  ) throws -> [Field] {
    let values = try compute(inputs)
    precondition(values.count == count, "As many values as announced.")
    trace += values
    return values
  }

  /// The next message, appended to the trace, or `ConstraintError.missingMessage`.
  @inlinable package mutating func message() throws -> Field {
    guard cursor < messages.count else { throw ConstraintError.missingMessage }
    cursor += 1
    trace.append(messages[cursor - 1])
    return messages[cursor - 1]
  }

  /// The digits `compute` gives, each below 2^digitBits or `ConstraintError.digitOverflow` in a strict builder.
  @usableFromInline package mutating func digits(
    count: Int, from inputs: [Field], _ compute: ([Field]) throws -> [UInt64]
  ) throws -> [Field] {
    let values = try compute(inputs)
    precondition(values.count == count, "As many digits as announced.")
    guard digits.count + count <= limbs.count else { throw ConstraintError.digitOverflow("the block of limbs") }
    guard !isStrict || values.allSatisfy({ $0 >> UInt64(digitBits) == 0 }) else {
      throw ConstraintError.digitOverflow("digit \(digits.count)")
    }
    digits += values
    return values.map { Field($0) }
  }

  /// The committed value at an offset of the values segment.
  @usableFromInline package func committedValue(at offset: Int) -> Field {
    let digit = offset - limbs.lowerBound
    return digits.indices.contains(digit) ? Field(digits[digit]) : Field(values[offset])
  }

  /// The public input at an index; index 0 is u, the constant one.
  @usableFromInline package func publicInput(_ index: Int) -> Field { publics[index] }

  /// Sets the public input at an index from 1.
  @usableFromInline package mutating func setPublic(_ index: Int, to value: Field, _ label: StaticString) throws {
    precondition(index >= 1, "u is not set by a circuit.")
    publics[index] = value
  }

  /// Nothing: names matter only to shapes.
  @inlinable package mutating func enter(_ scope: StaticString) {}
  /// Nothing: names matter only to shapes.
  @inlinable package mutating func leave() {}
}
