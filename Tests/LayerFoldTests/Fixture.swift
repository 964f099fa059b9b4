import Foundation
import LayerFold

/// The bundled model under a setup for short texts, and one proof of two texts, made once for all tests.
struct Fixture: Sendable {
  let key: ProverKey
  let verifierKey: VerifierKey
  let continuations: [Continuation]
  let proof: Proof

  /// Its prompts and requested numbers of tokens.
  static let requests = [
    InferenceRequest(prompt: "In the beginning", maxNewTokens: 4),
    InferenceRequest(prompt: .tokens([0, 42, 79]), maxNewTokens: 3),
  ]

  /// The bundled model's folder.
  static let model = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Sources/Command/Resources/tiny-llama")

  private static let making = Task {
    let key = try ProverKey.setup(model: model, maxTokens: 16, blinding: .derivedFromWeights)
    let (proof, continuations) = try await prove(requests, with: key)
    return Fixture(key: key, verifierKey: try key.verifierKey(), continuations: continuations, proof: proof)
  }

  /// The fixture; proves at the first call.
  static func made() async throws -> Fixture { try await making.value }

  /// Proves a batch and keeps the proof and the continuations.
  static func prove(
    _ requests: [InferenceRequest], with key: ProverKey
  ) async throws -> (proof: Proof, continuations: [Continuation]) {
    var continuations: [Continuation] = []
    for try await event in Prover(key: key).prove(batch: requests) {
      if case .generated(_, let continuation) = event { continuations.append(continuation) }
      if case .finished(let proof) = event { return (proof, continuations) }
    }
    throw LayerFoldError.internalFailure("no proof")
  }
}

/// A folder of its own for one test, removed at the end.
final class TemporaryFolder: Sendable {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appendingPathComponent("layerfold-library-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit {
    // A folder that cannot be removed is left to the system.
    _ = Result { try FileManager.default.removeItem(at: url) }
  }
}
