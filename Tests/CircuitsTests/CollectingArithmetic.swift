import Algebra
import ConstraintSystem

/// The native world of a verifier that goes on after a failing check and remembers its label: what it has noted at the end are
/// all checks that stand against a proof.
struct CollectingArithmetic: Arithmetic {
  typealias Field = ScalarField
  typealias Element = ScalarField

  /// The labels of the checks that failed.
  private(set) var violations: Set<String> = []
  private let source: [ScalarField]
  private var cursor = 0

  /// A world that reads `messages` in order.
  init(messages: [ScalarField]) { source = messages }

  func constant(_ value: ScalarField) -> ScalarField { value }
  mutating func multiply(_ left: ScalarField, _ right: ScalarField) -> ScalarField { left * right }
  mutating func materialise(_ value: ScalarField) -> ScalarField { value }

  mutating func requireEqual(_ left: ScalarField, _ right: ScalarField, _ label: StaticString) {
    if left != right { violations.insert("\(label)") }
  }

  mutating func requireProduct(
    _ left: ScalarField, _ right: ScalarField, equals product: ScalarField, _ label: StaticString
  ) {
    if left * right != product { violations.insert("\(label)") }
  }

  mutating func advice(
    count: Int, from inputs: [ScalarField], _ compute: ([ScalarField]) throws -> [ScalarField]
  ) throws -> [ScalarField] {
    try compute(inputs)
  }

  mutating func message() throws -> ScalarField {
    guard cursor < source.count else { throw ConstraintError.missingMessage }
    cursor += 1
    return source[cursor - 1]
  }

  mutating func enter(_ scope: StaticString) {}
  mutating func leave() {}
}
