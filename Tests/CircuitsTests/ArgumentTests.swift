import Algebra
import Arguments
import Circuits
import ConstraintSystem
import Foundation
import Support
import Testing

/// The statements of all kinds go through the step argument.
@Suite struct ArgumentTests {
  @Test("RoundTrip: every kind of step", arguments: [StepKind.embedding, .layer, .head, .final])
  func roundTrip(kind: StepKind) throws {
    let inference = try Inference.random(ModelSamples.configuration(), positions: 8, digitBits: 9, seed: 1)
    let run = try StepRun(inference, kind, chunkLog: 10)
    let proof = try run.prove()
    var native = NativeArithmetic<ScalarField>(messages: proof.messages)
    let (point, value) = try StepArgumentVerifier(run.plan).verify(
      in: &native, binding: run.binding, selectors: run.selectorBits { $0 })
    try native.finish()
    #expect(point == proof.point && value == proof.value && run.evaluateQ(at: point) == value)
    // One integer of the step changed: the messages of an honest prover no longer verify.
    var wrong = run
    wrong.values.values[inference[kind].limbs.offset] += 1
    let messages = try wrong.prove().messages
    var other = NativeArithmetic<ScalarField>(messages: messages)
    #expect(throws: ConstraintError.self) {
      try StepArgumentVerifier(run.plan).verify(
        in: &other, binding: run.binding, selectors: run.selectorBits { $0 })
    }
  }

  /// Rows and times; run with LAYERFOLD_MEASURE=1.
  @Test(.enabled(if: ProcessInfo.processInfo.environment["LAYERFOLD_MEASURE"] != nil))
  func measureTinyLLaMA() throws {
    let inference = try Inference(
      ModelSamples.tinyLLaMA(positions: 64), text: [0, 50, 300, 7, 511, 12, 64, 9, 100, 101], limbsLog: 15)
    for kind in StepKind.allCases {
      let run = try StepRun(inference, kind, chunkLog: 16)
      print("\(kind): Q of 2^\(run.plan.layout.logSize)")
      for _ in 0..<3 {
        var proof: StepArgumentProof?
        let proving = try processorMilliseconds { proof = try run.prove() }
        var native = NativeArithmetic<ScalarField>(messages: proof?.messages ?? [])
        let verifying = try processorMilliseconds {
          _ = try StepArgumentVerifier(run.plan).verify(
            in: &native, binding: run.binding, selectors: run.selectorBits { $0 })
        }
        print("  proving \(proving), verifying \(verifying), \(proof?.messages.count ?? 0) messages")
      }
      var builder = ShapeBuilder<ScalarField>(layout: StepColumns(digitBits: 16, limbs: 0..<1))
      let bits = try run.selectorBits { _ in try builder.advice(from: []) { _ in .zero } }
      let recording = try processorMilliseconds {
        _ = try StepArgumentVerifier(run.plan).verify(
          in: &builder, binding: builder.constant(.one), selectors: bits)
      }
      print("  recording the shape \(recording)")
      for (scope, rows) in builder.rowTable where !scope.contains("hash") || scope.hasSuffix("hash") {
        print("  \(scope): \(rows)")
      }
      let shape = builder.finish()
      print("  nonzeros \(shape.a.entryCount) \(shape.b.entryCount) \(shape.c.entryCount)")
    }
  }
}

/// Wall clock, and the processor time that counts on a shared machine.
private func processorMilliseconds(_ body: () throws -> Void) rethrows -> String {
  let start = clock()
  let wall = try ContinuousClock().measure(body)
  let processor = Double(clock() - start) / Double(CLOCKS_PER_SEC) * 1000
  return "\(wall) (\(Int(processor)) ms of processors)"
}

/// One step about to be proved.
struct StepRun {
  let inference: Inference
  let kind: StepKind
  let plan: StepArgumentPlan
  var values: StepValues
  let binding = ScalarField(7 as UInt64)

  init(_ inference: Inference, _ kind: StepKind, chunkLog: Int) throws {
    self.inference = inference
    self.kind = kind
    let circuits = inference.circuits
    let layout = BlockLayout(
      chunkLog: chunkLog,
      entries: Segment.allCases.indices.map { segment in circuits.map { $0.segmentEntries[segment] }.max() ?? 0 },
      largestLogs: Segment.allCases.indices.map { segment in circuits.map { $0.largestLogs[segment] }.max() ?? 0 })
    plan = try StepArgumentPlan(inference[kind].statement, layout: layout)
    var values = inference.values(kind)
    try inference[kind].countLookups(in: &values)
    self.values = values
  }

  var data: StepData { values.data(tables: plan.statement.tables) }

  func prove() throws -> StepArgumentProof {
    try StepArgumentProver(plan).prove(data, binding: binding, selectors: inference.selectors(kind, values))
  }

  func selectorBits<Element>(_ make: (ScalarField) throws -> Element) rethrows -> [String: [[Element]]] {
    try inference.selectors(kind, values).reduce(into: [:]) { result, entry in
      let count = plan.statement.selectors[entry.key]?.axis.logSize ?? 0
      result[entry.key] = try entry.value.map { index in
        try (0..<count).map { try make(ScalarField(index >> $0 & 1)) }
      }
    }
  }

  /// Q~ at a point.
  func evaluateQ(at point: [ScalarField]) -> ScalarField {
    var q = [ScalarField](repeating: .zero, count: 1 << plan.layout.logSize)
    for segment in Segment.allCases {
      let entries = data.entries(in: segment)
      for (index, entry) in entries.widened(0..<entries.count).enumerated() {
        q[plan.layout.bases[segment.rawValue] + index] = ScalarField(entry)
      }
    }
    return FieldVector(q).evaluateMultilinear(at: point)
  }
}
