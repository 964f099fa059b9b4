package import Algebra
import Transcript

extension RunningInstance {
  /// How the public state names the instance.
  package var digest: ScalarField {
    PoseidonHash.hash(tag: "running", commitments.flatMap(\.scalarCoordinates) + scalars.list)
  }
}

extension PublicState where Element == ScalarField {
  /// The step's public input.
  package var digest: ScalarField { PoseidonHash.hash(tag: "public", list) }
}

/// The chain over finished inferences, as callers compute it from what they expect.
package enum StatementChain {
  /// The chain after one more inference with final weight chain `weights`.
  package static func appending(_ tokensDigest: ScalarField, weights: ScalarField, to chain: ScalarField) -> ScalarField
  {
    PoseidonHash.hash(tag: "statement", [chain, weights, tokensDigest])
  }

  /// The weight chain over the weight commitments of one inference's steps, in order.
  package static func weights(_ steps: [(kind: Int, commitments: [AffinePoint<PrimaryCurve>])]) -> ScalarField {
    steps.reduce(.zero) { chain, step in
      PoseidonHash.hash(
        tag: "weights", [chain, ScalarField(step.kind)] + step.commitments.flatMap(\.scalarCoordinates))
    }
  }

  /// The public name of a model under a key.
  package static func modelID(key: ScalarField, weights: ScalarField) -> ScalarField {
    PoseidonHash.hash(tag: "model", [key, weights])
  }
}
