extension PlainKey {
  /// vk (Formats.md, "vk is a challenge").
  static func digest(
    _ constants: [UInt8], _ shapes: [[UInt8]], _ entries: [[Int]], _ layout: Layout, _ rowLog: Int, _ tables: [[Int]],
    _ generators: [[UInt8]]
  ) -> F {
    var transcript = ByteTranscript("LayerFold verification key 4")
    transcript.absorb(constants, as: "context")
    for (shape, entries) in zip(shapes, entries) {
      transcript.absorb(ByteTranscript.digest(pieces: shape), as: "shape")
      transcript.absorb(entries.map { F($0) }, as: "segment entries")
    }
    let sizes = [layout.chunkLog, layout.claimLog, rowLog] + layout.bases + layout.chunkCounts
    transcript.absorb(sizes.map { F($0) }, as: "sizes")
    for column in tables {
      let bytes = column.flatMap { number in (0..<4).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) } }
      transcript.absorb(ByteTranscript.digest(pieces: bytes), as: "tables")
    }
    transcript.absorb(generators[0], as: "generators")
    transcript.absorb(generators[1], as: "cyclefold")
    return transcript.squeeze("key")
  }

  /// What vk takes in of CycleFold: a challenge over its constraints and its generators' digest.
  package static func digest(_ cycleShape: [UInt8], _ generators: [UInt8]) -> [UInt8] {
    var transcript = ByteTranscript("LayerFold CycleFold key v3")
    transcript.absorb(ByteTranscript.digest(pieces: cycleShape), as: "shape")
    transcript.absorb(generators, as: "generators")
    return (transcript.squeeze("key") as F).bytes
  }
}
