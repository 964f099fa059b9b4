import Algebra
import Arguments
import Commitment
import ConstraintSystem
import Folding
import Testing

/// The digest of a verification key, which every transcript absorbs first, covers all of the key.
@Suite struct VerificationKeyTests {
  private let key: VerificationKey

  init() throws { key = try StoppedRun.shared.get().tiny.key.verification }

  /// The key with some parts replaced.
  private func digest(
    shapes: [ConstraintShape<ScalarField>]? = nil, entries: [[Int]]? = nil, sizes: RecursionSizes? = nil,
    tables: LookupTables? = nil, generators: Generators<PrimaryCurve>? = nil, context: [UInt8]? = nil
  ) -> ScalarField {
    VerificationKey(
      shapes: shapes ?? key.shapes, segmentEntries: entries ?? key.segmentEntries, sizes: sizes ?? key.sizes,
      tables: tables ?? key.tables, generators: (primary: generators ?? key.generators, cycle: key.cycle),
      context: context ?? key.context
    ).digest
  }

  /// A shape that differs in one coefficient of one matrix entry.
  private func changedEntry(_ shape: ConstraintShape<ScalarField>) throws -> ConstraintShape<ScalarField> {
    var bytes = shape.bytes
    // The first coefficient other than 1 and -1 stands after the numbers; any place among coefficients will do.
    for place in stride(from: bytes.count / 2, to: bytes.count, by: 1) {
      bytes[place] ^= 1
      if let other = Result(catching: { try ConstraintShape<ScalarField>(bytes: bytes) }).success { return other }
      bytes[place] ^= 1
    }
    return shape
  }

  @Test func everyPartChangesTheDigest() throws {
    var digests: Set<ScalarField> = [key.digest]
    #expect(digest() == key.digest)
    func add(_ digest: ScalarField, _ what: String) { #expect(digests.insert(digest).inserted, "\(what)") }
    var shapes = key.shapes
    shapes[3] = try changedEntry(shapes[3])
    #expect(shapes[3] != key.shapes[3])
    add(digest(shapes: shapes), "an entry of a matrix")
    shapes = key.shapes
    shapes.swapAt(0, 3)
    add(digest(shapes: shapes), "kinds swapped")
    var entries = key.segmentEntries
    entries[1][2] += 1
    add(digest(entries: entries), "an entry more in a segment")
    let old = key.sizes
    for (chunks, errorLog) in [(old.order.trace.count + 1, old.errorLog), (old.order.trace.count, old.errorLog + 1)] {
      add(
        digest(
          sizes: RecursionSizes(
            layout: old.layout, traceChunks: chunks, errorLog: errorLog, absentState: old.absentState,
            digitBits: old.digitBits)), "sizes")
    }
    let tables = key.tables
    for column in 0..<3 {
      var columns = [tables.ids, tables.inputs, tables.outputs]
      columns[column][columns[column].count / 3] += 1
      add(
        digest(tables: LookupTables(ids: columns[0], inputs: columns[1], outputs: columns[2])), "an entry of a table")
    }
    var encoded = key.generators.encoded
    let places = encoded.count - 64..<encoded.count
    encoded.replaceSubrange(places, with: (-key.generators.bases[key.generators.bases.count - 1]).uncompressed)
    add(digest(generators: try Generators(encoded: encoded, checking: .onCurve)), "a generator")
    add(digest(context: key.context + [0]), "the context")
  }
}

extension Result {
  /// The value of a success.
  fileprivate var success: Success? { if case .success(let value) = self { value } else { nil } }
}
