import Algebra
import Arguments
import Circuits
import Folding
import Foundation

/// The part of a proof between its claims and its compression: what is left of the recursion, and the weight chain.
///
/// Its length depends on the key alone. Encoding, in this order: weight chain; the public state; the last step's
/// commitments; for every kind the running commitments and scalars; W^, E^, u and the public list of CycleFold; the
/// messages of the last fold. Elements take 32 canonical bytes, points 32 compressed ones.
struct RecursionEnd: Equatable {
  /// h_w at the end of an inference: with the key it determines the model identifier.
  let weightChain: ScalarField
  /// The last step and the running instances.
  let recursion: FinishedRecursion

  /// What the recursion of a model with this weight chain left.
  init(weightChain: ScalarField, recursion: FinishedRecursion) {
    self.weightChain = weightChain
    self.recursion = recursion
  }

  /// Bytes of the encoding under a key of these sizes.
  static func byteCount(sizes: RecursionSizes) -> Int {
    let (chunks, claimLog, inputChunks) = (sizes.order.total, sizes.layout.logSize, sizes.order.input.count)
    let state = PublicState<ScalarField>.count(inputChunks: inputChunks, claimLog: claimLog)
    let running = StepKind.allCases.count * (chunks + sizes.errorLog + claimLog + 4)
    let cycle = 3 + CycleFoldCircuit(chunkCount: chunks).publicCount
    return 32 * (1 + state + chunks + running + cycle + sizes.foldVerifier.messageCount)
  }

  /// Reads the encoding under a key, which fixes all lengths.
  init(from reader: inout ByteReader, key: VerificationKey) throws(EncodingError) {
    let sizes = key.sizes
    let (chunks, claimLog) = (sizes.order.total, sizes.layout.logSize)
    weightChain = try reader.readElement("the weight chain")
    let inputChunks = sizes.order.input.count
    let state = PublicState<ScalarField>(
      list: try reader.readElements(
        PublicState<ScalarField>.count(inputChunks: inputChunks, claimLog: claimLog), "the last public state"),
      inputChunks: inputChunks, claimLog: claimLog)
    let commitments: [AffinePoint<PrimaryCurve>] = try reader.readPoints(chunks, "the last step's commitments")
    var running: [RunningInstance] = []
    for _ in StepKind.allCases {
      let points: [AffinePoint<PrimaryCurve>] = try reader.readPoints(chunks, "a running instance's commitments")
      let scalars = RunningScalars<ScalarField>(
        list: try reader.readElements(sizes.errorLog + claimLog + 4, "a running instance's scalars"),
        errorLog: sizes.errorLog, claimLog: claimLog)
      running.append(RunningInstance(commitments: points, scalars: scalars))
    }
    let cycle = SecondaryInstance(
      trace: try reader.readPoint("CycleFold's commitments"), error: try reader.readPoint("CycleFold's commitments"),
      u: try reader.readElement("CycleFold's scalars"),
      publics: try reader.readElements(key.cycle.circuit.publicCount, "CycleFold's scalars"))
    let lastFold: [ScalarField] = try reader.readElements(sizes.foldVerifier.messageCount, "the last fold")
    recursion = FinishedRecursion(
      state: state, commitments: commitments, running: running, cycle: cycle, lastFold: lastFold)
  }
}

extension ByteWriter {
  /// Appends what is left of a recursion.
  mutating func write(_ end: RecursionEnd) {
    let recursion = end.recursion
    write([end.weightChain] + recursion.state.list)
    write(recursion.commitments)
    for instance in recursion.running {
      write(instance.commitments)
      write(instance.scalars.list)
    }
    write([recursion.cycle.trace, recursion.cycle.error])
    write([recursion.cycle.u] + recursion.cycle.publics)
    write(recursion.lastFold)
  }
}
