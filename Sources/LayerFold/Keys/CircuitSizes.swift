import Arguments
import Circuits
import ConstraintSystem
import Folding
import Model

/// What the circuits of a key cost.
public struct CircuitSizes: Sendable, Equatable {
  /// One kind of step.
  public struct Kind: Sendable, Equatable {
    /// Its name.
    public let name: String
    /// Its constraints.
    public let rows: Int
    /// The entries it commits to: hidden states in and out, weights, values, trace.
    public let entries: [Int]
  }

  /// A part of a circuit and its constraints, those of the parts inside it included.
  public struct Part: Sendable, Equatable {
    /// The kind of step.
    public let kind: String
    /// The path of the part.
    public let path: String
    /// Its constraints.
    public let rows: Int
  }

  /// log2 of the length of a commitment chunk.
  public let chunkLog: Int
  /// The number of chunks an instance commits to, for hidden states in and out, weights, values, trace.
  public let chunks: [Int]
  /// log2 of the number of constraints, rounded up.
  public let rowLog: Int
  /// log2 of the length of the vector that evaluation claims are about.
  public let claimLog: Int
  /// Tokens of prompt and output together at most.
  public let maxTokens: Int
  /// Transformer layers of the model.
  public let layers: Int
  /// The kinds of steps.
  public let kinds: [Kind]
}

extension VerifierKey {
  /// What the circuits cost.
  public var sizes: CircuitSizes {
    CircuitSizes(
      chunkLog: verification.sizes.layout.chunkLog, chunks: verification.sizes.order.counts,
      rowLog: verification.sizes.errorLog, claimLog: verification.sizes.layout.logSize,
      maxTokens: constants.maxTokens, layers: constants.configuration.layerCount,
      kinds: StepKind.allCases.map { kind in
        CircuitSizes.Kind(
          name: "\(kind)", rows: verification.shapes[kind.rawValue].rowCount,
          entries: verification.segmentLengths(of: kind))
      })
  }

  /// The constraints of every part of every circuit; builds the circuits again, which takes seconds.
  public func parts() throws -> [CircuitSizes.Part] {
    let recursion = try recursionKey()
    return try StepKind.allCases.flatMap { kind in
      try recursion.circuits[kind.rawValue].shape().rows.map {
        CircuitSizes.Part(kind: "\(kind)", path: $0.scope, rows: $0.rows)
      }
    }
  }

  /// Builds circuits and generators again from the constants; throws `malformedKey` unless they give this key.
  public func check() throws {
    // A dishonest key's constants may stand for circuits that nobody can build: first what costs little.
    let steps = try constants.steps(limbsLog: limbsLog)
    guard steps.map(\.segmentEntries) == verification.segmentEntries,
      steps[0].statement.tables == verification.tables
    else {
      throw LayerFoldError.malformedKey(
        file: Self.fileName, reason: "its sizes or tables are not those of its constants")
    }
    let recursion = try constants.recursionKey(chunkLog: verification.sizes.layout.chunkLog)
    guard recursion.digest == verification.digest else {
      throw LayerFoldError.malformedKey(
        file: Self.fileName, reason: "its circuits or generators are not those of its constants")
    }
  }
}

extension ProverKey {
  /// Builds circuits and generators again and commits to the weights again; throws `malformedKey` unless they give this
  /// key, and `foreignKey` unless `verifier` is its public part.
  public func check(against verifier: VerifierKey) throws {
    let recursion = try rebuiltRecursionKey()
    let weights = try WeightCommitments(of: model.quantized, under: recursion, seed: seed)
    guard weights.steps.map(\.points) == self.weights.steps.map(\.points) else {
      throw LayerFoldError.malformedKey(file: Self.fileName, reason: "its commitments are not those of its weights")
    }
    try requireSameSetup(as: verifier)
  }

  /// Throws `foreignKey` unless `verifier` is this key's public part.
  public func requireSameSetup(as verifier: VerifierKey) throws {
    guard verifier.verification.digest == keyDigest else {
      throw LayerFoldError.foreignKey(file: VerifierKey.fileName)
    }
  }
}
