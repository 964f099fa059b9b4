import Algebra
import Arguments
import Circuits
import Commitment
import ConstraintSystem
import Folding

/// Opens every running instance of a recursion in the clear: the oracle that compression is compared with, for ever.
enum ClearDecider {
  /// Why an opening was refused.
  enum Refusal: Error, Equatable {
    case commitment(kind: Int, chunk: Int)
    case errorValue(kind: Int)
    case claimValue(kind: Int)
    case length(kind: Int)
  }

  /// Checks all running instances of `prover` from their definition; nothing the fold keeps up to date is trusted.
  static func check(_ prover: RecursionProver) throws {
    for kind in StepKind.allCases {
      try check(prover.running[kind.rawValue], prover.witnesses[kind.rawValue], kind: kind, key: prover.key)
    }
    try prover.key.cycle.check(prover.cycle, prover.cycleWitness)
  }

  /// Checks one running instance and its opening.
  static func check(_ instance: RunningInstance, _ witness: RunningWitness, kind: StepKind, key: RecursionKey) throws {
    try ClearRelation(kind: kind, key: key).check(instance, witness)
  }
}

/// What satisfies the relation of one kind, by its definition.
struct ClearRelation {
  var kind: Int
  var shape: ConstraintShape<ScalarField>
  /// The entries of X, Y, w, A, B.
  var lengths: [Int]
  var layout: BlockLayout
  var order: ChunkOrder
  var tables: LookupTables
  var generators: Generators<PrimaryCurve>

  /// Checks one running instance and its opening.
  func check(_ instance: RunningInstance, _ witness: RunningWitness) throws {
    var chunk = 0
    for (segment, vector) in witness.segments.enumerated() {
      guard vector.count <= lengths[segment] else { throw ClearDecider.Refusal.length(kind: kind) }
      for index in 0..<order.counts[segment] {
        let range = min(vector.count, index << order.chunkLog)..<min(vector.count, (index + 1) << order.chunkLog)
        let expected = try generators.commit(
          FieldVector(Array(vector.elements[range])), blinder: witness.blinders[chunk])
        guard expected == instance.commitments[chunk] else {
          throw ClearDecider.Refusal.commitment(kind: kind, chunk: chunk)
        }
        chunk += 1
      }
    }
    let scalars = instance.scalars
    let products = shape.multiply(
      values: witness.segments[3].elements, trace: witness.segments[4].elements, publics: [scalars.u, scalars.x])
    let error = products.a.indices.map { products.a[$0] * products.b[$0] - scalars.u * products.c[$0] }
    guard FieldVector(error).evaluateMultilinear(at: scalars.errorPoint) == scalars.errorValue else {
      throw ClearDecider.Refusal.errorValue(kind: kind)
    }
    guard claimValue(witness, u: scalars.u, at: scalars.claimPoint) == scalars.claimValue else {
      throw ClearDecider.Refusal.claimValue(kind: kind)
    }
  }

  /// Q~ at a point by the sum over all entries of Q, laid out naively.
  func claimValue(_ witness: RunningWitness, u: ScalarField, at point: [ScalarField]) -> ScalarField {
    var q = [ScalarField](repeating: .zero, count: 1 << layout.logSize)
    for segment in 0..<4 {
      for (index, entry) in witness.segments[segment].elements.enumerated() { q[layout.bases[segment] + index] = entry }
    }
    for (index, entry) in (tables.ids + tables.inputs + tables.outputs).enumerated() {
      q[layout.bases[4] + index] = u * ScalarField(Int(entry))
    }
    var point = point
    while let last = point.popLast() {
      let half = q.count / 2
      for index in 0..<half { q[index] += last * (q[index + half] - q[index]) }
      q.removeLast(half)
    }
    return q[0]
  }
}

extension ClearRelation {
  /// The relation of a kind under a key.
  init(kind: StepKind, key: RecursionKey) {
    self.init(
      kind: kind.rawValue, shape: key.shapes[kind.rawValue], lengths: key.verification.segmentLengths(of: kind),
      layout: key.sizes.layout, order: key.sizes.order, tables: key.circuits[0].step.statement.tables,
      generators: key.generators)
  }
}
