package import Algebra
package import Circuits

/// One step's contribution: what the model computed, and the commitments its weights already have.
package struct StepInput: Sendable {
  /// The kind.
  package let kind: StepKind
  /// X, Y, w and A; the recursion appends its digits to A and counts multiplicities.
  package var values: StepValues
  /// The weight chunks' commitments, made once per model.
  package var weightCommitments: [AffinePoint<PrimaryCurve>]
  /// Their blinders.
  package var weightBlinders: [ScalarField]
  /// What the circuit is told of the text, for an Embedding or a Head.
  package var tokens: TokenAdvice?
  /// The digest of the text.
  package var tokensDigest: ScalarField
  /// The selected indices of the step's selectors, one per row.
  package var selected: [String: [Int]]

  /// A step's contribution.
  package init(
    kind: StepKind, values: StepValues,
    weights: (commitments: [AffinePoint<PrimaryCurve>], blinders: [ScalarField]), tokens: TokenAdvice?,
    tokensDigest: ScalarField, selected: [String: [Int]]
  ) {
    self.kind = kind
    self.values = values
    self.weightCommitments = weights.commitments
    self.weightBlinders = weights.blinders
    self.tokens = tokens
    self.tokensDigest = tokensDigest
    self.selected = selected
  }
}
