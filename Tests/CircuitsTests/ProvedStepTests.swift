import Algebra
import Arguments
import Circuits
import ConstraintSystem
import Model
import Testing

/// Beside `ArgumentTests`: steps of the tiny LLaMA, false steps, and the rows of token logic.
@Suite struct ProvedStepTests {
  @Test func tinyLLaMA() throws {
    let inference = try Inference(ModelSamples.tinyLLaMA(positions: 16), text: [0, 4, 200, 17, 8])
    for kind in StepKind.allCases {
      let run = try StepRun(inference, kind, chunkLog: 12)
      let (point, value) = try verify(run, messages: run.prove().messages)
      #expect(run.evaluateQ(at: point) == value)
    }
  }

  @Test func falseSteps() throws {
    let inference = try Inference.random(ModelSamples.configuration(), positions: 4, digitBits: 9, seed: 50)
    for (kind, name) in [
      (StepKind.embedding, "tokens"), (.layer, "hidden, digit 0"), (.layer, "exponential"), (.head, "largest logit"),
    ] {
      var run = try StepRun(inference, kind, chunkLog: 8)
      run.values.values[inference[kind].tensor(name).offset] ^= 1
      let messages = try run.prove().messages
      #expect(throws: ConstraintError.self, "\(kind) \(name)") { try verify(run, messages: messages) }
    }
  }

  @Test func rowsOfTokenLogic() throws {
    let model = try ModelSamples.tinyLLaMA(positions: 64)
    let parameters = try CircuitParameters(
      configuration: model.configuration, quantization: model.parameters, maxTokens: 64, limbsLog: 15)
    for circuit in StepCircuit.all(parameters) {
      let limbs = circuit.limbs.offset..<circuit.limbs.offset + circuit.limbs.count
      var world = ShapeBuilder<ScalarField>(layout: StepColumns(digitBits: 16, limbs: limbs))
      _ = try circuit.constrain(in: &world, advice: nil)
      print("tiny-llama, T = 64: \(circuit.kind) has \(world.rowCount) rows of token logic")
      #expect(world.rowCount < 10_000)
    }
  }

  private func verify(
    _ run: StepRun, messages: [ScalarField]
  ) throws -> (point: [ScalarField], value: ScalarField) {
    var native = NativeArithmetic<ScalarField>(messages: messages)
    let claim = try StepArgumentVerifier(run.plan).verify(
      in: &native, binding: run.binding, selectors: run.selectorBits { $0 })
    try native.finish()
    return claim
  }
}
