import Algebra
import Circuits
import Commitment
import ConstraintSystem
import Folding
import Foundation
import Model
import Testing

/// The shape world without blocks: what occurs many times is recorded every time.
private struct FlatBuilder: CircuitArithmetic {
  typealias Field = ScalarField
  typealias Element = LinearCombination<ScalarField>

  var inner: ShapeBuilder<ScalarField>

  var digitBits: Int { inner.digitBits }
  func constant(_ value: ScalarField) -> Element { inner.constant(value) }
  mutating func multiply(_ left: Element, _ right: Element) -> Element { inner.multiply(left, right) }
  mutating func materialise(_ value: Element) -> Element { inner.materialise(value) }
  mutating func requireEqual(_ left: Element, _ right: Element, _ label: StaticString) throws {
    try inner.requireEqual(left, right, label)
  }
  mutating func requireProduct(
    _ left: Element, _ right: Element, equals product: Element, _ label: StaticString
  ) throws {
    try inner.requireProduct(left, right, equals: product, label)
  }
  mutating func advice(
    count: Int, from inputs: [Element], _ compute: ([ScalarField]) throws -> [ScalarField]
  ) throws -> [Element] {
    try inner.advice(count: count, from: inputs, compute)
  }
  mutating func message() throws -> Element { try inner.message() }
  mutating func digits(
    count: Int, from inputs: [Element], _ compute: ([ScalarField]) throws -> [UInt64]
  ) throws -> [Element] {
    try inner.digits(count: count, from: inputs, compute)
  }
  func committedValue(at offset: Int) -> Element { inner.committedValue(at: offset) }
  func publicInput(_ index: Int) -> Element { inner.publicInput(index) }
  mutating func setPublic(_ index: Int, to value: Element, _ label: StaticString) throws {
    try inner.setPublic(index, to: value, label)
  }
  mutating func enter(_ scope: StaticString) { inner.enter(scope) }
  mutating func leave() { inner.leave() }
}

/// The matrices of real circuits, which keep what is repeated once, are those of the same text recorded without that.
@Suite struct FlatShapeTests {
  private static let isLong = ProcessInfo.processInfo.environment["LAYERFOLD_LONG"] == "1"

  /// One kind, or all kinds of both models with LAYERFOLD_LONG=1.
  @Test(arguments: isLong ? ["tiny-llama", "tiny-ternary"] : ["tiny-ternary"])
  func blocksAreWhatTheyRepeat(name: String) throws {
    let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let model = try QuantizedModel(
      quantizing: FloatModel(directory: tests.appending(path: "ModelTests/Vectors/\(name)")), positions: 4)
    let absent = Generators<PrimaryCurve>(logCount: 10).blindingBase
    let fitted = try FittedCircuits(chunkLog: 16, absentState: absent) { limbsLog in
      StepCircuit.all(
        try CircuitParameters(
          configuration: model.configuration, quantization: model.parameters, maxTokens: 3, limbsLog: limbsLog))
    }
    for (circuit, shape) in zip(fitted.circuits, fitted.shapes) where Self.isLong || circuit.step.kind == .final {
      var world = FlatBuilder(inner: ShapeBuilder(layout: circuit.columns))
      let carried = try circuit.foldPrevious(advice: nil, in: &world)
      try circuit.proveStep(from: carried, own: nil, tokens: nil, in: &world)
      let flat = world.inner.finish()
      #expect(shape.blocks.count > 100 && flat.blocks.isEmpty)
      #expect(flat.rowCount == shape.rowCount && flat.traceCount == shape.traceCount)
      #expect(flat.valueOffsets == shape.valueOffsets && flat.publicCount == shape.publicCount)
      let decoded = try ConstraintShape<ScalarField>(bytes: shape.bytes)
      #expect(decoded.a == flat.a, "\(circuit.step.kind)")
      #expect(decoded.b == flat.b, "\(circuit.step.kind)")
      #expect(decoded.c == flat.c, "\(circuit.step.kind)")
    }
  }
}
