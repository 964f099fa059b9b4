package import Commitment

/// Which of the two curves a part of the proof lives over.
package enum DeciderSide: Equatable, Sendable {
  /// The running instances of all kinds.
  case primary
  /// The CycleFold instance.
  case secondary
}

/// Why the decider refused.
package enum DeciderError: Error, Equatable {
  /// The number of instances is not the key's number of kinds.
  case instanceCount(expected: Int, found: Int)
  /// An instance's number of commitments, of coordinates or of public values is not the key's.
  case instanceShape(DeciderSide, relation: Int)
  /// A commitment of an instance is infinity or not on the curve.
  case invalidCommitment(DeciderSide, relation: Int, chunk: Int)
  /// The proof's number of rounds, end values, chunk values or opening parts is not the key's.
  case proofShape(DeciderSide)
  /// A commitment to a mask is infinity or not on the curve.
  case invalidMask(DeciderSide)
  /// A message of the outer sumcheck does not have the degree of the summand.
  case outerSumcheck(DeciderSide, round: Int)
  /// A message of the inner sumcheck does not have the degree of the summand.
  case innerSumcheck(DeciderSide, round: Int)
  /// The vectors committed to do not have the value that both sumchecks end with: a row, an error value, an evaluation
  /// claim, a message or the opening itself is wrong.
  case opening(DeciderSide, CommitmentError)
  /// The encoded proof does not have the length the key fixes.
  case encodingLength(expected: Int, found: Int)
  /// The 32 bytes at this offset encode no point other than infinity, or no field element.
  case encoding(offset: Int)
}
