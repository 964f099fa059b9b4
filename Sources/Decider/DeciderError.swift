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
  /// A message of the outer sumcheck does not have the degree of the summand.
  case outerSumcheck(DeciderSide, round: Int)
  /// The rows' end values do not give the outer sumcheck's last claim: a row or an error value is wrong.
  case outerFinal(DeciderSide)
  /// A message of the inner sumcheck does not have the degree of the summand.
  case innerSumcheck(DeciderSide, round: Int)
  /// The chunks' values do not give the inner sumcheck's last claim: a matrix product or an evaluation claim is wrong.
  case innerFinal(DeciderSide)
  /// The chunks' values are not those of the vectors committed to.
  case opening(DeciderSide, CommitmentError)
  /// The encoded proof does not have the length the key fixes.
  case encodingLength(expected: Int, found: Int)
  /// The 32 bytes at this offset encode no point other than infinity, or no field element.
  case encoding(offset: Int)
}
